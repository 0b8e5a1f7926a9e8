/** What a selection would free, and its plan as a file. Nothing is changed by either. */
import type { Context, Hono } from 'hono';
import { stream } from 'hono/streaming';
import { commandWords } from '../../query/effect.ts';
import type { Selection } from '../../report/model-serve.ts';
import { quoteShellWord } from '../../report/escape.ts';
import { bodyOf, selectionSchema } from '../answers.ts';
import { piecesOf, planFileOf } from '../plan-file.ts';
import type { Served } from '../served.ts';

/** Nothing in it means anything to a shell. */
const OPTION = /^--[a-z-]+$/;

export function effectRoutes(app: Hono, served: Served): void {
  app.post('/api/effect', async (context) => {
    const selection = await bodyOf(context, selectionSchema);
    const shown = { command: commandOf(served, selection), generation: served.state.generation };
    return context.json(served.index.effect(selection, shown, served.ports.index.now()));
  });
  app.post('/api/plan', async (context) => givePlan(context, served));
}

/** As it can be typed. A name of the volume is quoted whatever it looks like: it may be spelled to pass for an option. */
function commandOf({ options: { root, words } }: Served, selection: Selection): string {
  const shown = selection.kind === 'references' ? words.shown : [...words.shownMarking, ...words.shown];
  const typed = commandWords(selection, root, shown).map((word) => (OPTION.test(word) ? word : quoteShellWord(word)));
  return ['regsweep', ...typed].join(' ');
}

async function givePlan(context: Context, served: Served): Promise<Response> {
  const selection = await bodyOf(context, selectionSchema);
  const now = served.ports.index.now();
  const lines = planFileOf(served.index.plan(selection, now), served.options.shape, now);
  context.header('Content-Type', 'application/x-ndjson; charset=utf-8');
  context.header('Content-Disposition', 'attachment; filename="regsweep-plan.ndjson"');
  return stream(context, async (out) => {
    // It ends with its sum: one that was cut off is refused by whoever is given it.
    for (const piece of piecesOf(lines)) {
      if (out.aborted) return;
      await out.write(piece);
    }
  });
}
