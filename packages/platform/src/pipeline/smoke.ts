import type { ReleaseId } from '@plumbline/contract/names';
import type { ReleasedService, SmokeStep } from '@plumbline/contract/release';
import { request } from 'undici';
import type { Secret } from '../kernel/secret.ts';
import { sleep } from '../kernel/wait.ts';

export type SmokeOutcome = { readonly kind: 'passed' } | { readonly kind: 'failed'; readonly because: string };

export interface SmokeTest {
  /** `http://name:port`; the name goes into the Host header and 127.0.0.1 is dialled, since `*.localhost` resolves for few programs. */
  readonly address: string;
  readonly release: ReleaseId;
  readonly services: readonly ReleasedService[];
  readonly steps: readonly SmokeStep[];
  /** What `{{secret:NAME}}` stands for. */
  readonly secrets: ReadonlyMap<string, Secret>;
  /** For all steps together, in milliseconds. */
  readonly withinMs: number;
}

const stepWithinMs = 5_000;
const askAgainMs = 250;
/** What proxies answer when nobody behind them does. */
const fromBetween = [502, 503, 504];

/** Runs the ordered steps, then asks every service that tells its version whether it is this very release. Stops at the first that fails. */
export const smoke = async (test: SmokeTest, signal: AbortSignal): Promise<SmokeOutcome> => {
  const known: Known = { captured: new Map(), secrets: test.secrets };
  const deadline = AbortSignal.timeout(test.withinMs);
  for (const step of [...test.steps, ...versionSteps(test)]) {
    const failed = deadline.aborted
      ? `not reached within the ${test.withinMs / 1000} s of the whole smoke test`
      : await tryStep(test.address, step, known, { signal, deadline });
    if (failed) return { kind: 'failed', because: `smoke test: ${step.method} ${step.path}: ${failed}` };
  }
  return { kind: 'passed' };
};

/** What placeholders stand for. */
interface Known {
  readonly captured: Map<string, string>;
  readonly secrets: ReadonlyMap<string, Secret>;
}

interface Ends {
  /** Fires when the whole delivery is to stop. */
  readonly signal: AbortSignal;
  readonly deadline: AbortSignal;
}

interface VersionStep extends SmokeStep {
  /** Dotted path in the JSON answer, and what must be there. */
  readonly field: { readonly path: string; readonly value: string };
}

const versionSteps = ({ services, release }: SmokeTest): readonly VersionStep[] =>
  services.flatMap(({ version }) =>
    version === null
      ? []
      : [
          {
            method: 'GET' as const,
            path: version.path,
            headers: {},
            expect: 200,
            capture: {},
            field: { path: version.field, value: release },
          },
        ],
  );

const tryStep = async (
  address: string,
  step: SmokeStep | VersionStep,
  known: Known,
  ends: Ends,
): Promise<string | undefined> => {
  const lacks = unknownSecret(step, known);
  if (lacks) return lacks;
  const answer = await ask(address, step, known, ends);
  if ('unreachable' in answer) return answer.unreachable;
  if (answer.status !== step.expect)
    return `answered ${answer.status}, not ${step.expect}: ${answer.body.slice(0, 300)}`;
  if (step.contains !== undefined && !answer.body.includes(fill(step.contains, known)))
    return `the answer does not contain "${step.contains}": ${answer.body.slice(0, 300)}`;
  if ('field' in step) {
    const said = fieldOf(answer.body, step.field.path);
    if (said !== step.field.value) return `serves version ${said ?? 'nothing'}, not ${step.field.value}`;
  }
  return capture(step, answer.body, known.captured);
};

type Answer = { readonly status: number; readonly body: string } | { readonly unreachable: string };

/** A read that came to nobody is asked again within its time: a connection may have broken, or an address moved, just now. */
const ask = async (address: string, step: SmokeStep, known: Known, ends: Ends): Promise<Answer> => {
  const enough = AbortSignal.any([ends.deadline, AbortSignal.timeout(stepWithinMs)]);
  let last: Answer | undefined;
  for (;;) {
    const answer = await send(address, step, known, { ...ends, deadline: enough });
    // That time ran out in the middle of a request says less than what was answered before.
    if (enough.aborted && last) return last;
    if (step.method !== 'GET' || !isOfNobody(answer, step)) return answer;
    last = answer;
    await sleep(askAgainMs, AbortSignal.any([ends.signal, enough])).catch(() => ends.signal.throwIfAborted());
    if (enough.aborted) return answer;
  }
};

const isOfNobody = (answer: Answer, { expect }: SmokeStep): boolean =>
  'unreachable' in answer || (answer.status !== expect && fromBetween.includes(answer.status));

const send = async (address: string, step: SmokeStep, known: Known, { signal, deadline }: Ends): Promise<Answer> => {
  const { host, port } = new URL(address);
  const body = step.body === undefined ? undefined : fill(JSON.stringify(step.body), known, inJson);
  try {
    const response = await request(`http://127.0.0.1:${port || 80}${fill(step.path, known)}`, {
      method: step.method,
      headers: {
        'user-agent': 'plumbline-smoke',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...Object.fromEntries(Object.entries(step.headers).map(([name, value]) => [name, fill(value, known)])),
        host,
      },
      body: body ?? null,
      signal: AbortSignal.any([signal, deadline]),
    });
    return { status: response.statusCode, body: await response.body.text() };
  } catch (error) {
    if (signal.aborted) throw error;
    // Whatever kept the answer away, the test has failed, and the words of the error say why.
    return { unreachable: error instanceof Error ? error.message : String(error) };
  }
};

const placeholder = /\{\{(secret:)?([\w-]+)\}\}/g;

const fill = (text: string, { captured, secrets }: Known, written = (value: string) => value): string =>
  text.replaceAll(placeholder, (whole, isSecret: string | undefined, name: string) => {
    const value = isSecret ? secrets.get(name)?.reveal() : captured.get(name);
    return value === undefined ? whole : written(value);
  });

/** The value as it stands between the quotes of a JSON string. */
const inJson = (value: string): string => JSON.stringify(value).slice(1, -1);

/** Sent as it is written, a placeholder would only make an answer that nobody understands. */
const unknownSecret = (step: SmokeStep, { secrets }: Known): string | undefined => {
  const text = JSON.stringify([step.path, step.headers, step.body ?? null, step.contains ?? '']);
  const missing = [...text.matchAll(placeholder)].find(([, isSecret, name]) => isSecret && !secrets.has(name ?? ''));
  return missing && `the secret ${missing[2]} is not set in this environment`;
};

const capture = (step: SmokeStep, body: string, captured: Map<string, string>): string | undefined => {
  for (const [name, path] of Object.entries(step.capture)) {
    const value = fieldOf(body, path);
    if (value === undefined) return `the answer has no "${path}" to keep as ${name}`;
    captured.set(name, value);
  }
  return undefined;
};

const fieldOf = (body: string, path: string): string | undefined => {
  const found = path
    .split('.')
    .reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), asJson(body));
  return found === undefined || found === null ? undefined : String(found);
};

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const asJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // An answer that is no JSON has no fields.
    return undefined;
  }
};
