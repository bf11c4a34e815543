import { openDatabase } from '../kernel/database.ts';
import { dbosEngine } from '../kernel/durable-dbos.ts';
import { assertLease, holdLease } from '../kernel/lease.ts';
import { patiently } from '../kernel/patience.ts';
import { shareWork } from '../kernel/share-work.ts';
import { sleep } from '../kernel/wait.ts';

/**
 * A control plane of the tests, to be killed and stopped: `durable-process.js URL INSTANCE STEPS STEP_MS [WORKFLOW]`.
 * Its one workflow writes a row into `effects` in each step. It says on stdout what it does, one JSON object a line.
 */
const [url = '', instance = '', steps = '0', stepMs = '0', workflowId] = process.argv.slice(2);
const say = (event: string, more: object = {}) => console.log(JSON.stringify({ event, at: Date.now(), ...more }));
/** How a control plane ends that has lost its lease. */
const leaseLostExit = 75;

const began = performance.now();
const database = openDatabase(url);
const lease = await holdLease(database, { instance, ttlMs: 1_500, renewEveryMs: 300 });
lease.signal.addEventListener('abort', () => {
  say('lease-lost');
  process.exit(leaseLostExit);
});
const engine = dbosEngine({ databaseUrl: url, instance, fence: lease });
const workflow = engine.define('effects', async (durable, input: { steps: number; stepMs: number }) => {
  for (let n = 1; n <= input.steps; n++)
    await durable.step(`effect ${n}`, async (signal) => {
      say('begin', { n });
      await sleep(input.stepMs, signal);
      await patiently(
        () => writeDown(durable.id, n),
        signal,
        (text) => say('patience', { text }),
      );
    });
  say('end');
});
const writeDown = (id: string, n: number) =>
  database.transaction(async (tx) => {
    await assertLease(tx, lease);
    await tx.execute('insert into effects (workflow, n, instance) values ($1, $2, $3)', [id, n, instance]);
  });
await engine.launch();
say('launched', { ms: Math.round(performance.now() - began) });
if (workflowId !== undefined) await workflow.start(workflowId, { steps: Number(steps), stepMs: Number(stepMs) });
await shareWork({
  database,
  lease,
  engine,
  signal: lease.signal,
  everyMs: 300,
  onTaken: (owner, workflows) => say('taken', { owner, workflows }),
});
