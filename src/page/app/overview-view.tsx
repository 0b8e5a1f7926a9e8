/** The whole at a glance: what there is, what could go, where it lies, how it grows, and what to type next. */
import type { Overview } from '../../report/model-serve.ts';
import { nextCommands } from '../../report/table-next.ts';
import { useAnswer } from './answer.ts';
import { CopyCommand } from './copy-command.tsx';
import { Name } from './name.tsx';
import { Ages, Growth, Ranked } from './overview-charts.tsx';
import { OverviewFigures } from './overview-figures.tsx';
import { Shown } from './shown.tsx';
import { VolumeView } from './volume-view.tsx';

/** `at`: the part of the volume that the map shows. */
export function OverviewView({ at }: { readonly at: string }) {
  const answer = useAnswer('/api/overview', {});
  return (
    <Shown answer={answer}>
      {({ report, tree, history, ages }) => (
        <>
          {report.notices.map(({ code, message }) => (
            <p key={code} class="notice grave">
              <Name text={message} />
            </p>
          ))}
          <OverviewFigures report={report} history={history} />
          <VolumeView tree={tree} at={at} />
          <Ranked />
          <Growth history={history} />
          <Ages ages={ages} />
          <Next report={report} />
        </>
      )}
    </Shown>
  );
}

function Next({ report }: { readonly report: Overview['report'] }) {
  const commands = nextCommands({ ...report, repositories: [] }, []);
  if (commands.length === 0) return null;
  return (
    <section>
      <h2>What to type next</h2>
      {commands.map(({ command, why }) => (
        <div key={command} class="app-next">
          <p>{why}</p>
          <div class="command">
            <code>{command}</code>
            <CopyCommand command={command} about={why} />
          </div>
        </div>
      ))}
    </section>
  );
}
