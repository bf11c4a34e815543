// @ts-check
/** @typedef {import('./load.js').Answer} Answer */
/**
 * `atMs`: when the target took the step's shape. `needs`: requests that each service has to get of the candidate before
 * this step can pass; 0 where nothing is judged.
 * @typedef {{ name: string, atMs: number, needs: number }} Step
 * What a step could not do without, in milliseconds: replicas that start, the evidence, requests that end.
 * @typedef {{ name: string, startMs: number, evidenceMs: number, drainMs: number }} Part
 */

/**
 * What no implementation of a plan could avoid, step by step, from what visitors were answered:
 *
 * - start: the longest start of a replica that began at this step, by its own clock, from the process's begin until it
 *   listens. Neither the time to spawn it nor until somebody notices that it is ready is in it.
 * - evidence: from the step's begin until the slowest service had answered as many requests of the candidate as the test
 *   needs when none of them is bad. It is the traffic's, as it came.
 * - drain: how long the requests took to end that replicas which leave at this step had in their hands.
 *
 * All of a step can go on side by side, so it takes as long as the longest of them; steps follow each other.
 *
 * @param {{ steps: readonly Step[], candidate: string, services: readonly string[], answers: readonly Answer[] }} walked
 * @returns {readonly Part[]}
 */
export const criticalPath = ({ steps, candidate, services, answers }) =>
  steps.map(({ name, atMs, needs }, index) => {
    const untilMs = steps[index + 1]?.atMs ?? Number.POSITIVE_INFINITY;
    const its = answers.filter(({ by }) => by?.release === candidate);
    return {
      name,
      startMs: longest(
        its.flatMap(({ by }) => (by && by.began >= atMs && by.began < untilMs ? [by.listening - by.began] : [])),
      ),
      evidenceMs: needs === 0 ? 0 : longest(services.map((service) => nthAfter(its, service, needs, atMs) - atMs)),
      drainMs: drainOf(answers, atMs),
    };
  });

/** @param {Part} part */
export const longestOf = ({ startMs, evidenceMs, drainMs }) => longest([startMs, evidenceMs, drainMs]);

/** When that many requests of a service were answered that were asked from then on. @param {readonly Answer[]} its @param {string} service @param {number} count @param {number} fromMs */
const nthAfter = (its, service, count, fromMs) =>
  its
    .filter(({ by, asked }) => by?.service === service && asked >= fromMs)
    .map(({ answered }) => answered)
    .sort((a, b) => a - b)[count - 1] ?? Number.NaN;

/** Of replicas that got no visitor any more after the step's begin. @param {readonly Answer[]} answers @param {number} atMs */
const drainOf = (answers, atMs) => {
  const later = new Set(answers.flatMap(({ by, asked }) => (by && asked > atMs + settlesMs ? [by.pid] : [])));
  const held = answers.filter(
    ({ by, asked, answered }) => by && !later.has(by.pid) && asked <= atMs && answered > atMs,
  );
  return longest(held.map(({ answered }) => answered - atMs));
};

/** A request that was under way to the router when the step began may still be given to a replica that leaves. */
const settlesMs = 50;

/** @param {readonly number[]} times */
const longest = (times) => Math.max(0, ...times);
