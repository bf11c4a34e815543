import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Climb } from '@plumbline/contract/delivery';
import { appName, climbId, digest, releaseId, serviceName } from '@plumbline/contract/names';
import type { InputOf } from '@plumbline/contract/platform';
import type { Release } from '@plumbline/contract/release';
import { ask, isEnded } from './memory-delivery.ts';
import { path, record, tell, until, type World } from './memory-world.ts';

export const commit = '3f2a9c1d4b5e6f708192a3b4c5d6e7f801234567';

/** Ships the one commit that there is: checked, built, and delivered to one environment after the other. */
export const ship = (world: World, by: string, input: InputOf<'ship'>): Climb => {
  const same = [...world.climbs.values()].findLast(
    (climb) => climb.stamp === (input.stamp ?? null) && climb.state !== 'failed',
  );
  if (same && !input.again) return same;
  const climb: Climb = {
    id: climbId.parse(`c-${world.climbs.size + 1}`),
    state: 'checking',
    because: null,
    askedBy: by,
    askedAt: Date.now(),
    endedAt: null,
    commit,
    branch: 'main',
    subject: 'Show the borrower on a loan',
    dirty: false,
    stamp: input.stamp ?? null,
    release: null,
    to: input.to === undefined ? [...path] : path.slice(0, path.indexOf(input.to) + 1),
    checks: [],
    stages: [],
    deliveries: [],
  };
  world.climbs.set(climb.id, climb);
  record(world, by, 'climb.asked', climb.id, input.reason ?? null);
  void run(world, climb, by);
  return climb;
};

const run = async (world: World, climb: Climb, by: string): Promise<void> => {
  setState(world, climb, 'checking', null);
  await sleep(world.stageMs);
  climb.checks.push({ name: 'lint', state: 'passed', because: 'exit 0', ms: world.stageMs, output: '' });
  tell(world, { kind: 'check', climb: climb.id, state: 'passed', text: 'lint passed' });
  setState(world, climb, 'building', null);
  await sleep(world.stageMs);
  const release = build(world, climb, by);
  climb.release = release.id;
  setState(world, climb, 'climbing', null);
  for (const environment of climb.to) {
    if (world.closed.aborted) return;
    const delivery = ask(world, {
      environment,
      release: release.id,
      by,
      kind: 'deliver',
      climb: climb.id,
      reason: null,
    });
    climb.deliveries.push(delivery.id);
    if (!(await until(world, () => isEnded(delivery), world.closed))) return;
    if (delivery.state === 'superseded') return setState(world, climb, 'superseded', delivery.because);
    if (delivery.state !== 'succeeded') return setState(world, climb, 'failed', `${delivery.id}: ${delivery.because}`);
    release.verifiedIn.push(environment);
  }
  setState(world, climb, 'succeeded', null);
};

const setState = (world: World, climb: Climb, state: Climb['state'], because: string | null): void => {
  climb.state = state;
  climb.because = because;
  if (state === 'succeeded' || state === 'failed' || state === 'superseded') climb.endedAt = Date.now();
  tell(world, {
    kind: 'state',
    climb: climb.id,
    state,
    text: `${climb.id} is ${state}${because ? `: ${because}` : ''}`,
  });
};

const build = (world: World, climb: Climb, by: string): Release => {
  const hex = createHash('sha256').update(`${climb.stamp}`).digest('hex');
  const release: Release = {
    id: releaseId.parse(`r-${hex.slice(0, 12)}`),
    content: {
      app: appName.parse('connect2'),
      services: [
        {
          name: serviceName.parse('backend'),
          alias: 'api',
          artefact: digest.parse(`sha256:${hex}`),
          start: ['node', 'dist/main.js'],
          route: '/api',
          health: '/api/readyz',
          liveness: null,
          assets: null,
          version: null,
          variables: {},
          startWithinMs: 1000,
          drainWithinMs: 1000,
        },
      ],
      stores: [],
      migrations: null,
      seed: null,
      smoke: [],
      stamp: climb.stamp,
    },
    commit,
    branch: 'main',
    subject: climb.subject,
    marks: [],
    checks: climb.checks,
    builtAt: Date.now(),
    builtBy: by,
    bytes: 1_234_567,
    verifiedIn: [],
    liveIn: [],
  };
  world.releases.set(release.id, release);
  return release;
};
