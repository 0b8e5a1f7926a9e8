/** What the page reads. None of it changes anything. */
import type { Hono } from 'hono';
import { repositoryPage } from '../../query/repository-page.ts';
import { AppError } from '../../shared/errors.ts';
import { count, parameter } from '../answers.ts';
import type { Served } from '../served.ts';

const MOST_ROWS = 1000;
const USUAL_ROWS = 100;
const MOST_OFFSET = 100_000_000;
const MOST_SEARCHED = 300;

export function readingRoutes(app: Hono, served: Served): void {
  app.get('/api/state', (context) => context.json(served.state));
  app.get('/api/events', (context) => served.events.listen(context));
  app.get('/api/overview', (context) => context.json(served.index.overview));
  app.get('/api/repositories', (context) => {
    const by = context.req.query('by') ?? 'reclaimable';
    const page = repositoryPage(served.index.report.repositories, {
      search: (context.req.query('search') ?? '').slice(0, MOST_SEARCHED),
      by,
      descending: context.req.query('descending') !== 'false',
      offset: count(context, 'offset', MOST_OFFSET, 0),
      limit: count(context, 'limit', MOST_ROWS, USUAL_ROWS),
    });
    if (page === undefined) throw new AppError('usage', 'repositories are not ordered by that');
    return context.json(page);
  });
  app.get('/api/problems', (context) => {
    const { problems } = served.index.report;
    const offset = count(context, 'offset', MOST_OFFSET, 0);
    const limit = count(context, 'limit', MOST_ROWS, USUAL_ROWS);
    return context.json({ total: problems.length, rows: problems.slice(offset, offset + limit) });
  });
  app.get('/api/repository', (context) => context.json(served.index.repository(parameter(context, 'name'))));
  app.get('/api/manifest', (context) =>
    context.json(served.index.manifest(parameter(context, 'repository'), parameter(context, 'reference'))),
  );
  app.get('/api/search', (context) =>
    context.json(served.index.search.find(parameter(context, 'q').slice(0, MOST_SEARCHED))),
  );
  app.get('/api/why', (context) => context.json(served.index.why(parameter(context, 'reference'))));
  app.get('/api/runs', (context) => context.json(served.ports.runs()));
}
