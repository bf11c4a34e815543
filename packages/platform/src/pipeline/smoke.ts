import type { ReleaseId } from '@plumbline/contract/names';
import type { ReleasedService, SmokeStep } from '@plumbline/contract/release';
import { request } from 'undici';

export type SmokeOutcome = { readonly kind: 'passed' } | { readonly kind: 'failed'; readonly because: string };

export interface SmokeTest {
  /** `http://name:port`; the name goes into the Host header and 127.0.0.1 is dialled, since `*.localhost` resolves for few programs. */
  readonly address: string;
  readonly release: ReleaseId;
  readonly services: readonly ReleasedService[];
  readonly steps: readonly SmokeStep[];
}

const stepWithinMs = 5_000;

/** Runs the ordered steps, then asks every service that tells its version whether it is this very release. Stops at the first that fails. */
export const smoke = async (test: SmokeTest, signal: AbortSignal): Promise<SmokeOutcome> => {
  const captured = new Map<string, string>();
  for (const step of [...test.steps, ...versionSteps(test)]) {
    const failed = await tryStep(test.address, step, captured, signal);
    if (failed) return { kind: 'failed', because: `smoke test: ${step.method} ${step.path}: ${failed}` };
  }
  return { kind: 'passed' };
};

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
  captured: Map<string, string>,
  signal: AbortSignal,
): Promise<string | undefined> => {
  const answer = await send(address, step, captured, signal);
  if ('unreachable' in answer) return answer.unreachable;
  if (answer.status !== step.expect)
    return `answered ${answer.status}, not ${step.expect}: ${answer.body.slice(0, 300)}`;
  if (step.contains !== undefined && !answer.body.includes(fill(step.contains, captured)))
    return `the answer does not contain "${step.contains}": ${answer.body.slice(0, 300)}`;
  if ('field' in step) {
    const said = fieldOf(answer.body, step.field.path);
    if (said !== step.field.value) return `serves version ${said ?? 'nothing'}, not ${step.field.value}`;
  }
  return capture(step, answer.body, captured);
};

type Answer = { readonly status: number; readonly body: string } | { readonly unreachable: string };

const send = async (
  address: string,
  step: SmokeStep,
  captured: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<Answer> => {
  const { host, port } = new URL(address);
  const body = step.body === undefined ? undefined : fill(JSON.stringify(step.body), captured);
  try {
    const response = await request(`http://127.0.0.1:${port || 80}${fill(step.path, captured)}`, {
      method: step.method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...Object.fromEntries(Object.entries(step.headers).map(([name, value]) => [name, fill(value, captured)])),
        host,
      },
      body: body ?? null,
      signal: AbortSignal.any([signal, AbortSignal.timeout(stepWithinMs)]),
    });
    return { status: response.statusCode, body: await response.body.text() };
  } catch (error) {
    if (signal.aborted) throw error;
    // Whatever kept the answer away, the test has failed, and the words of the error say why.
    return { unreachable: error instanceof Error ? error.message : String(error) };
  }
};

const fill = (text: string, captured: ReadonlyMap<string, string>): string =>
  text.replaceAll(/\{\{([\w-]+)\}\}/g, (whole, name: string) => captured.get(name) ?? whole);

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
