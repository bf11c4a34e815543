// @ts-check
import { cases } from './corpus.js';
import { labelAll, readLabels } from './label.js';
import { checkAll } from './ours.js';
import { refusedBySquawk } from './squawk.js';

/** Cases whose label is made anew in each run, of every group: what the labels say is still so. */
const relabelled = [
  'a-index-plain',
  'a-ok-index-concurrently',
  'b-drop-column',
  'b-ok-add-default',
  'c-truncate',
  'hb-bool-to-int',
];

/** @typedef {import('./corpus.js').Case} Case */

/**
 * Bad migrations that are refused, and good ones that pass: ours, with and without what the old release was seen to send,
 * beside squawk on the executed SQL of the same files. Labels come from running each beside an old release.
 *
 * @param {{ log: (line: string) => void, quick?: boolean, signal?: AbortSignal }} options
 */
export const run = async ({ log, quick = false }) => {
  const labels = await readLabels();
  const all = (await cases()).filter((_, index) => !quick || index % 12 === 0);
  const changed = await labelsThatChanged(labels, quick);
  log(
    `migrations: ${changed.length} of ${relabelled.length} labels made anew are others${changed.length ? `: ${changed}` : ''}`,
  );
  const plain = await checkAll(all, { captured: false });
  log('migrations: checked without captured statements');
  const captured = await checkAll(all, { captured: true });
  log('migrations: checked with captured statements');
  const squawk = await refusedBySquawk(plain);
  const ours = (/** @type {typeof plain} */ checked) => (/** @type {string} */ name) =>
    checked.get(name)?.findings.some(({ severity, accepted }) => severity === 'error' && accepted === null) ?? false;
  const times = [...plain.values()].map(({ ms }) => ms).sort((a, b) => a - b);
  return {
    name: 'migrations',
    rows: [
      ...['tuning', 'held-out'].flatMap((part) => {
        const some = all.filter((one) => one.part === part);
        const isLabelled = (/** @type {'good' | 'bad'} */ label) =>
          some.filter(({ name }) => labels[name]?.label === label);
        const [bad, good] = [isLabelled('bad'), isLabelled('good')];
        const share = (/** @type {readonly Case[]} */ list, /** @type {(name: string) => boolean} */ holds) =>
          percent(list.filter(({ name }) => holds(name)).length, list.length);
        const row = (
          /** @type {string} */ what,
          /** @type {number} */ value,
          /** @type {number} */ other,
          /** @type {string | null} */ goal,
          /** @type {boolean | null} */ met,
        ) => ({
          what: `${part}: ${what}`,
          value,
          unit: '%',
          against: `squawk on the same SQL: ${other} %`,
          ratio: null,
          goal,
          met,
        });
        const caught = share(bad, ours(captured));
        const passed = share(good, (name) => !ours(captured)(name));
        return [
          row(
            `${bad.length} bad: refused, with captured statements`,
            caught,
            share(bad, squawk),
            '100 %',
            caught === 100,
          ),
          row(`${bad.length} bad: refused, without`, share(bad, ours(plain)), share(bad, squawk), null, null),
          row(
            `${good.length} good: passed, with captured statements`,
            passed,
            share(good, (name) => !squawk(name)),
            '>= 98 %',
            passed >= 98,
          ),
          row(
            `${good.length} good: passed, without`,
            share(good, (name) => !ours(plain)(name)),
            share(good, (name) => !squawk(name)),
            null,
            null,
          ),
        ];
      }),
      {
        what: 'labels that are the same when made anew',
        value: percent(relabelled.length - changed.length, relabelled.length),
        unit: '%',
        against: '',
        ratio: null,
        goal: '100 %',
        met: changed.length === 0,
      },
      {
        what: 'a file, once the shadow is up: median',
        value: Math.round(times[Math.floor(times.length / 2)] ?? 0),
        unit: 'ms',
        against: `slowest ${Math.round(times.at(-1) ?? 0)} ms`,
        ratio: null,
        goal: '< 300 ms',
        met: (times[Math.floor(times.length / 2)] ?? 0) < 300,
      },
    ],
  };
};

/** @param {Awaited<ReturnType<typeof readLabels>>} labels @param {boolean} quick */
const labelsThatChanged = async (labels, quick) => {
  const wanted = (await cases()).filter(({ name }) => relabelled.slice(0, quick ? 2 : undefined).includes(name));
  /** @type {string[]} */
  const changed = [];
  await labelAll(wanted, (name, { label }) => {
    if (labels[name]?.label !== label) changed.push(name);
  });
  return changed;
};

/** @param {number} some @param {number} all */
const percent = (some, all) => (all === 0 ? 100 : Math.round((1_000 * some) / all) / 10);
