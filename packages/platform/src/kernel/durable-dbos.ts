import { setMaxListeners } from 'node:events';
import {
  DBOS,
  DBOSWorkflowConflictError,
  Error as DbosErrors,
  type WorkflowStatus,
  type WorkflowStatusString,
} from '@dbos-inc/dbos-sdk';
import { dbRetryConfig } from '@dbos-inc/dbos-sdk/internal/utils';
import { Failure } from '@plumbline/contract/failure';
import { locks, withLock } from './database-lock.ts';
import type { Durable, DurableEngine, Workflow } from './durable.ts';
import { type Fence, open, parked } from './fence.ts';
import { type Log, silentLog } from './log.ts';
import { outcomeOf, replay } from './outcome.ts';
import { waitFor } from './wait.ts';

/** Raised when the order of any body's recorded steps changes: what an older one began is shown, not run wrongly. */
export const WORKFLOWS_VERSION = '1';

export interface DbosEngineOptions {
  readonly databaseUrl: string;
  /** The id under which this control plane's workflows are found again. */
  readonly instance: string;
  /** The lease of this instance. Default: nobody else can take over. */
  readonly fence?: Fence;
  readonly version?: string;
  readonly log?: Log;
  /** How long `close` waits for effects that heed their signal. Default 5 s. */
  readonly graceMs?: number;
}

/** DBOS keeps its own tables here, in the control plane's database. */
const schemaName = 'plumbline_workflows';

/**
 * The engine over DBOS Transact, of which a process has one at a time. DBOS gives each run of a workflow a token, and
 * refuses the record of a step to a run whose workflow was taken over meanwhile; the fence keeps such a run from
 * beginning an effect at all. No retries of steps by DBOS: who can try again says so in the effect.
 */
export const dbosEngine = (options: DbosEngineOptions): DurableEngine => {
  const { fence = open, version = WORKFLOWS_VERSION, log = silentLog, graceMs = 5_000 } = options;
  const closing = new AbortController();
  const signal = AbortSignal.any([closing.signal, fence.signal]);
  // Every child and every wait of every step listens to it: many are no leak.
  setMaxListeners(0, signal);
  const life: Life = { fence, signal, atWork: new Set() };
  let launched = false;
  let closed: Promise<void> | undefined;

  const close = (): Promise<void> => {
    closed ??= (async () => {
      closing.abort(fence.signal.reason ?? new Failure('interrupted', 'The control plane closes.'));
      await effectsEnd(life, graceMs);
      await DBOS.shutdown({ deregister: true });
    })();
    return closed;
  };
  // One who lost the lease must not even claim work from the queue, where the taker put it.
  fence.signal.addEventListener('abort', () => void close(), { once: true, signal: closing.signal });

  const unfinished = async (status: WorkflowStatusString[], executorId?: string) =>
    DBOS.listWorkflows({
      ...(executorId === undefined ? {} : { executorId }),
      status,
      loadInput: false,
      loadOutput: false,
    });
  const isOurs = ({ applicationVersion }: WorkflowStatus) => applicationVersion === version;

  return {
    define: (name, body) => workflowOf(life, name, body, () => launched),
    launch: async () => {
      configure({ ...options, version, log });
      // Two who make DBOS's tables at the same time deadlock over its indexes.
      await withLock(options.databaseUrl, locks.launch, () => DBOS.launch(), signal);
      launched = true;
    },
    takeOver: async (instance) => {
      const left = (await unfinished(['PENDING'], instance)).filter(isOurs);
      const ids = left.map(({ workflowID }) => workflowID);
      if (ids.length > 0) await DBOS.resumeWorkflows(ids);
      return ids;
    },
    instancesAtWork: async () => [
      ...new Set((await unfinished(['PENDING'])).filter(isOurs).map(({ executorId }) => executorId ?? '')),
    ],
    stranded: async () =>
      (await unfinished(['PENDING', 'ENQUEUED'])).filter((one) => !isOurs(one)).map(({ workflowID }) => workflowID),
    close,
  };
};

interface Life {
  readonly fence: Fence;
  readonly signal: AbortSignal;
  /** Steps between the beginning of their effect and the end of their record. */
  readonly atWork: Set<Promise<unknown>>;
}

const configure = (options: DbosEngineOptions & { readonly version: string; readonly log: Log }): void => {
  // Its own default backs off to a minute, so a delivery would sleep on after PostgreSQL came back.
  dbRetryConfig.initialBackoffSec = 0.2;
  dbRetryConfig.maxBackoffSec = 1;
  DBOS.setConfig({
    name: 'plumbline',
    systemDatabaseUrl: withSettings(options.databaseUrl),
    systemDatabaseSchemaName: schemaName,
    systemDatabasePoolSize: 5,
    executorID: options.instance,
    applicationVersion: options.version,
    // Only DBOS's own messages between workflows need it: we use none, and save a connection.
    useListenNotify: false,
    listenQueues: [],
    enableOTLP: false,
    tracingEnabled: false,
    logger: {
      debug: () => undefined,
      info: () => undefined,
      warn: (entry) => options.log.debug('DBOS warns', { entry }),
      error: (entry, more) => options.log.error('A workflow or DBOS failed', { entry, error: more?.error }),
    },
  });
};

const withSettings = (databaseUrl: string): string => {
  const url = new URL(databaseUrl);
  url.searchParams.set('application_name', 'plumbline workflows');
  // Said here, DBOS does not say it by a query of its own on each new connection, which pg 8.23 warns of.
  url.searchParams.set('options', '-c idle_in_transaction_session_timeout=60000');
  return url.href;
};

/** Recoveries of one workflow after which DBOS gives it up. A delivery may outlive any number of crashes. */
const maxRecoveryAttempts = 1_000_000;

const workflowOf = <Input>(
  life: Life,
  name: string,
  body: (durable: Durable, input: Input) => Promise<void>,
  isLaunched: () => boolean,
): Workflow<Input> => {
  const registered = DBOS.registerWorkflow(
    async (input: Input): Promise<void> => {
      await mayAct(life);
      await body(durableOf(life), input);
      await mayAct(life);
    },
    { name, maxRecoveryAttempts },
  );
  return {
    name,
    start: async (id, input) => {
      if (!isLaunched()) throw new Failure('bug', `${id} cannot start: the engine was not launched.`);
      life.signal.throwIfAborted();
      await life.fence.confirm();
      await DBOS.startWorkflow(registered, { workflowID: id })(throughJson(input));
    },
  };
};

/** DBOS would keep dates and maps; the port promises JSON alone. */
const throughJson = <Input>(input: Input): Input => JSON.parse(JSON.stringify(input));

const durableOf = (life: Life): Durable => {
  const id = DBOS.workflowID;
  if (id === undefined) throw new Failure('bug', 'A body runs outside of its workflow.');
  const step: Durable['step'] = async (name, effect) => {
    // No await before it: DBOS numbers steps in the order in which it is called.
    const recording = DBOS.runStep(() => act(life, effect), { name });
    life.atWork.add(recording);
    try {
      return replay(await recording);
    } catch (error) {
      throw await stepError(error, life);
    } finally {
      life.atWork.delete(recording);
    }
  };
  return { id, step, now: () => step('now', async () => Date.now()) };
};

const act = async (life: Life, effect: (signal: AbortSignal) => Promise<unknown>): Promise<string> => {
  await mayAct(life);
  const outcome = await outcomeOf(() => effect(life.signal));
  await mayAct(life);
  return outcome;
};

/** May this process go on? If not, whoever asks stays here for good, and the workflow stays unfinished. */
const mayAct = async ({ fence, signal }: Life): Promise<void> => {
  if (!signal.aborted) await fence.confirm().catch(parked);
  if (signal.aborted) await parked();
};

const stepError = async (error: unknown, { signal }: Life): Promise<unknown> => {
  // The workflow has another owner by now. Were the body told, it might begin to undo.
  if (error instanceof DBOSWorkflowConflictError || signal.aborted) await parked();
  if (error instanceof DbosErrors.DBOSUnexpectedStepError) return new Failure('bug', error.message, { cause: error });
  return error;
};

const effectsEnd = async ({ atWork }: Life, graceMs: number): Promise<void> => {
  const turn = async () => (atWork.size === 0 ? { done: true } : { because: `${atWork.size} effects still run` });
  await waitFor('The steps', turn, { deadlineMs: graceMs, everyMs: 5 }).catch(unlessDeadline);
};

/** What has not ended by then is cut off, and runs again in the next life. */
const unlessDeadline = (error: unknown): void => {
  if (!(error instanceof Failure) || error.code !== 'deadline') throw error;
};
