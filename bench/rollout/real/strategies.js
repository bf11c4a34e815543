// @ts-check

import { serviceName } from '@plumbline/contract/names';
import { rulesOf } from '@plumbline/platform/monitoring/rules';
import { judgeSettings } from '@plumbline/platform/monitoring/settings';
import { releaseOf, services, settingsOf } from './app.js';
import { criticalPath, longestOf } from './critical-path.js';

/** @typedef {import('./station.js').Station} Station */
/** @typedef {import('@plumbline/contract/delivery').StrategyName} StrategyName */
/** @typedef {import('./critical-path.js').Part} Part */
/** @typedef {import('./app.js').Behaviour} Behaviour */
/** @typedef {import('@plumbline/platform/pipeline/release-table').NewRelease} NewRelease */
/** @typedef {{ strategy: StrategyName, wallMs: number, bakeMs: number, parts: readonly Part[] }} Walked */

const environment = 'strategies';
const strategies = /** @type {const} */ (['rolling', 'blue-green', 'canary']);
/** So that replicas which leave have requests in their hands. */
const takesMs = 100;
const perSecond = 100;
const paths = ['/api', '/'];

/**
 * Real deliveries of good releases by each strategy, one after the other: how long each took from the begin of its rollout
 * to the end of its promotion, and its critical path.
 *
 * @param {Station} station
 * @param {{ rounds: number, startMs: number, bakeMs: number, steps: readonly number[], log: (line: string) => void, signal: AbortSignal }} options
 * @returns {Promise<Walked[]>}
 */
export const walkStrategies = async (station, { rounds, startMs, bakeMs, steps, log, signal }) => {
  const behaviour = { START_MS: startMs, TAKES_MS: takesMs };
  await openEnvironment(station, behaviour);
  /** @type {Walked[]} */
  const walked = [];
  for (let number = 0; number < rounds * strategies.length; number++) {
    signal.throwIfAborted();
    const strategy = strategies[number % strategies.length] ?? 'rolling';
    const one = await walk(station, releaseOf(101 + number, behaviour), { strategy, bakeMs, steps });
    log(`rollout: ${strategy} took ${(one.wallMs / 1000).toFixed(1)} s; ${words(one)}`);
    walked.push(one);
  }
  return walked;
};

/** What no implementation could avoid: its steps one after the other, and the bake. @param {Walked} walked */
export const criticalMs = ({ bakeMs, parts }) => parts.reduce((sum, part) => sum + longestOf(part), bakeMs);

/** The critical path in words. @param {Walked} walked */
export const words = ({ bakeMs, parts }) => {
  const seconds = (/** @type {(part: Part) => number} */ pick) =>
    (parts.reduce((sum, part) => sum + (pick(part) === longestOf(part) ? pick(part) : 0), 0) / 1000).toFixed(1);
  return [
    `start ${seconds(({ startMs }) => startMs)}`,
    `evidence ${seconds(({ evidenceMs }) => evidenceMs)}`,
    `drain ${seconds(({ drainMs }) => drainMs)}`,
    `bake ${(bakeMs / 1000).toFixed(1)}`,
  ].join(' + ');
};

/** @param {Station} station @param {Behaviour} behaviour */
const openEnvironment = async ({ bring, target, visitors }, behaviour) => {
  const how = settingsOf(environment, { strategy: 'rolling', bakeMs: 0, steps: [100], replicas: 2 });
  await bring(releaseOf(100, behaviour), how);
  const { addresses } = await target.observe(how.environment, { signal: AbortSignal.timeout(10_000) });
  visitors.visit({ environment, url: addresses.plain, paths, perSecond });
};

/**
 * @param {Station} station @param {NewRelease} release
 * @param {{ strategy: StrategyName, bakeMs: number, steps: readonly number[] }} how
 * @returns {Promise<Walked>}
 */
const walk = async ({ bring, agent, visitors }, release, how) => {
  const began = Date.now();
  const { id, plan, stages } = await bring(release, settingsOf(environment, { ...how, replicas: 2 }));
  const stageOf = (/** @type {string} */ name) => stages.find((stage) => stage.name === name);
  const applied = (await agent.journal()).filter(({ kind, holder }) => kind === 'applied' && holder === id);
  const needs = needsOf(plan?.steps ?? []);
  const steps = applied.map(({ step, at }) => ({ name: step, atMs: at, needs: needs.get(step) ?? 0 }));
  const answers = visitors.of(environment).filter(({ asked }) => asked > began - 1_000);
  return {
    strategy: how.strategy,
    wallMs: (stageOf('record')?.endedAt ?? Number.NaN) - (stageOf('rollout')?.startedAt ?? Number.NaN),
    bakeMs: how.bakeMs,
    parts: criticalPath({ steps, candidate: release.id, services, answers }),
  };
};

/**
 * Requests of each service without which no judged step passes, even if none of them is bad: a test takes its points once,
 * at the first such step, and the judge's least number at each.
 * @param {readonly { name: string, requestsNeeded: number | null }[]} steps
 */
const needsOf = (steps) => {
  const judge = judgeSettings(services.map((name) => serviceName.parse(name)));
  const points = Math.max(
    ...rulesOf(judge).flatMap(({ scope, level, pass }) => (scope !== 'all' && level === 'fail' ? [pass] : [])),
  );
  const judged = steps.filter(({ requestsNeeded }) => requestsNeeded !== null);
  return new Map(judged.map(({ name }, index) => [name, Math.max(judge.leastRequests, index === 0 ? points : 0)]));
};
