/** Asking the server: the one place that fetches. */
import type {
  ManifestAnswer,
  Overview,
  ProblemPage,
  RepositoryAnswer,
  RepositoryPage,
  RunsAnswer,
  SearchAnswer,
  ServedError,
  ServedState,
} from '../../report/model-serve.ts';
import type { Why } from '../../report/model-why.ts';

/** What each address answers a GET with. */
export interface Answers {
  readonly '/api/state': ServedState;
  readonly '/api/overview': Overview;
  readonly '/api/repositories': RepositoryPage;
  readonly '/api/problems': ProblemPage;
  readonly '/api/repository': RepositoryAnswer;
  readonly '/api/manifest': ManifestAnswer;
  readonly '/api/search': SearchAnswer;
  readonly '/api/why': Why;
  readonly '/api/runs': RunsAnswer;
}

/** An answer that is none: what the server says of it, or that it says nothing. */
export class Failure extends Error {
  readonly code: string;
  readonly hint: string | null;

  constructor({ code, message, hint }: ServedError) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

/** Throws `Failure`; where `signal` aborted it, an `AbortError`. */
export async function get<Path extends keyof Answers>(
  path: Path,
  parameters: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<Answers[Path]> {
  const query = new URLSearchParams(parameters).toString();
  const response = await ask(query === '' ? path : `${path}?${query}`, signal === undefined ? {} : { signal });
  return (await response.json()) as Answers[Path];
}

/** Throws as `get`. */
export function post(path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  return ask(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal !== undefined && { signal }),
  });
}

async function ask(address: string, request: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address, { credentials: 'same-origin', ...request });
  } catch (error) {
    if (request.signal?.aborted === true) throw error;
    throw new Failure({
      code: 'unreachable',
      message: 'the server does not answer',
      hint: 'look whether regsweep serve still runs. The page connects again by itself',
    });
  }
  if (response.ok) return response;
  throw new Failure(await errorOf(response));
}

async function errorOf(response: Response): Promise<ServedError> {
  const said: unknown = await response.json().catch(() => undefined);
  if (typeof said === 'object' && said !== null && 'message' in said && typeof said.message === 'string') {
    return said as ServedError;
  }
  return { code: 'unknown', message: `the server answers with status ${response.status}`, hint: null };
}

/** An error as what it says. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  return new Failure({ code: 'unknown', message: error instanceof Error ? error.message : String(error), hint: null });
}
