import { setTimeout as sleep } from 'node:timers/promises';
import type { LogLine } from '@plumbline/contract/agent';
import type { Progress } from '@plumbline/contract/delivery';
import { type EnvironmentName, releaseId, serviceName } from '@plumbline/contract/names';
import type { InputOf } from '@plumbline/contract/platform';
import { until, type World } from './memory-world.ts';

/** Progress after a point, then as it happens, until the signal. */
export async function* follow(world: World, query: InputOf<'events'>, signal: AbortSignal): AsyncGenerator<Progress> {
  let seen = query.after ?? world.progress.length;
  while (await until(world, () => world.progress.length > seen, signal)) {
    const next = world.progress[seen++];
    if (next && matches(next, query)) yield next;
  }
}

const matches = (one: Progress, query: InputOf<'events'>): boolean =>
  (query.delivery === undefined || one.delivery === query.delivery) &&
  (query.climb === undefined || one.climb === query.climb);

/** Lines of a backend that counts, ten of them at once and then one every 10 ms. */
export async function* lastLines(
  environment: EnvironmentName,
  query: InputOf<'logs'>,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const service = serviceName.parse('backend');
  if (query.service !== undefined && query.service !== service) return;
  for (let number = Math.max(0, 10 - query.tail); number < 10 || query.follow; number++) {
    if (signal.aborted) return;
    if (number >= 10) await sleep(10);
    yield {
      at: Date.now(),
      service,
      replica: 'backend-1',
      slot: 'blue',
      release: releaseId.parse('r-0123456789ab'),
      stream: 'stdout',
      line: `${environment} line ${number}`,
    };
  }
}
