import type { OpenedPlatform } from '@plumbline/contract/platform';
import { accessAnswers } from './access/answers.ts';
import { makeFirstTokens } from './access/first-tokens.ts';
import { auditAnswers } from './audit/answers.ts';
import { startCheckpointer } from './audit/checkpointer.ts';
import { record } from './audit/record.ts';
import { filesIn, loadDescription } from './environments/read.ts';
import { readLocalSecrets } from './environments/secrets.ts';
import { settingsOf } from './environments/settings.ts';
import { type Database, openDatabase } from './kernel/database.ts';
import { dbosEngine } from './kernel/durable-dbos.ts';
import { assertLease, holdLease, type Lease } from './kernel/lease.ts';
import { type Log, openLog } from './kernel/log.ts';
import { applySchema } from './kernel/schema.ts';
import { shareWork } from './kernel/share-work.ts';
import { localMigrations } from './migrations/local.ts';
import { bookOf, monitoringAnswers } from './monitoring/answers.ts';
import { keepSending } from './monitoring/sender.ts';
import { pipelineAnswers } from './pipeline/answers.ts';
import type { AskClimbDeps } from './pipeline/ask-climb.ts';
import { checksThatForbid } from './pipeline/checks-required.ts';
import { type ClimbDeps, climb } from './pipeline/climb.ts';
import { deliver } from './pipeline/deliver.ts';
import { diffAnswer } from './pipeline/diff-answer.ts';
import { freezeAnswers } from './pipeline/freeze-answers.ts';
import { type Inbox, openInbox } from './pipeline/inbox.ts';
import { migrationAnswers } from './pipeline/migration-answers.ts';
import { progressStream } from './pipeline/progress-stream.ts';
import { ancestor, readCheckout } from './pipeline/source.ts';
import { keepStarting } from './pipeline/starter.ts';
import { statusAnswer } from './pipeline/status-answer.ts';
import { workshopOf } from './pipeline/workshop.ts';
import { targetAnswers } from './targets/answers.ts';
import { type AgentClient, agentClient } from './targets/local/agent-client.ts';
import { localTarget } from './targets/local/local.ts';
import type { World } from './world.ts';

export interface PlatformSettings {
  /** The folder that Plumbline keeps everything in. */
  readonly home: string;
  /** The app's folder. */
  readonly directory: string;
  /** Whose token is made at the first start. */
  readonly person: string;
  /** Under which name this control plane is found again after its death. */
  readonly instance: string;
  readonly log?: Log;
}

/** Opens a control plane over the local target: its database, its lease, its workflows, and all that it can answer. */
export const openPlatform = async (settings: PlatformSettings): Promise<OpenedPlatform> => {
  const { home, directory, instance, log = openLog() } = settings;
  const closing = new AbortController();
  const agent = agentClient(home);
  const { url } = await agent.database('control', closing.signal);
  await applySchema(url);
  const database = openDatabase(url);
  const lease = await holdLease(database, { instance });
  const checkpointer = await startCheckpointer({ database, home, log });
  const inbox = await openInbox(database);
  const engine = dbosEngine({ databaseUrl: url, instance, fence: lease, log });

  const asked = { look: (): void => undefined };
  const deps = depsOf({ settings, agent, database, lease, inbox, asked: () => asked.look() });
  const deliveries = engine.define('deliver', deliver(deps));
  const climbs = engine.define('climb', climb(deps));

  await makeFirstTokens(database, home, settings.person);
  await engine.launch();
  const starter = keepStarting({ database, climbs, deliveries, signal: closing.signal });
  asked.look = starter.look;
  const described = () => loadDescription(filesIn(directory));
  const sending = keepSending({
    ...bookOf({ home, described }),
    database,
    instance,
    guard: deps.guard,
    signal: AbortSignal.any([closing.signal, lease.signal]),
    log,
  });
  const sharing = shareWork({ database, lease, engine, signal: closing.signal, log });

  const world: World = {
    home,
    directory,
    startedAt: Date.now(),
    database,
    lease,
    target: deps.target,
    agent,
    deps,
    described,
    seal: async () => void (await checkpointer.seal()),
    sealed: () => checkpointer.sealed().seq,
    closing: closing.signal,
  };
  return {
    ...pipelineAnswers(world),
    ...freezeAnswers(world),
    ...migrationAnswers(world),
    ...targetAnswers(world),
    ...auditAnswers(world),
    ...accessAnswers(world),
    ...monitoringAnswers(world),
    diff: diffAnswer(world),
    status: statusAnswer(world),
    events: (query, signal) => progressStream(database, query, signal),
    health: async () => ({ ok: true, instance }),
    lost: lease.signal,
    close: async () => {
      closing.abort();
      await starter.ended;
      await engine.close();
      await sharing;
      await sending;
      await inbox.close();
      await checkpointer.close();
      await lease.release();
      await database.close();
    },
  };
};

interface Parts {
  readonly settings: PlatformSettings;
  readonly agent: AgentClient;
  readonly database: Database;
  readonly lease: Lease;
  readonly inbox: Inbox;
  /** Called when something was asked for. */
  readonly asked: () => void;
}

const depsOf = ({ settings, agent, database, lease, inbox, asked }: Parts): ClimbDeps & AskClimbDeps => {
  const { home, directory } = settings;
  const described = () => loadDescription(filesIn(directory));
  const { verify, ...workshop } = workshopOf({ home, directory });
  return {
    ...workshop,
    database,
    target: localTarget(agent),
    guard: (tx) => assertLease(tx, lease),
    record,
    woken: (_, withinMs, signal) => inbox.woken(withinMs, signal),
    settings: async (environment) => settingsOf(await described(), environment, 'local'),
    // Only a failed check is looked up: who waits for an approval is not to fail while somebody edits the description.
    forbidding: async (checks, environment) =>
      checks.some(({ state }) => state === 'failed')
        ? checksThatForbid((await described()).description, checks, environment)
        : [],
    ancestor: (older, newer) => ancestor(directory, older, newer),
    secrets: (environment) => readLocalSecrets(home, environment),
    migrations: localMigrations(home),
    verify,
    startDelivery: asked,
    startClimb: asked,
    checkout: (signal) => readCheckout(directory, signal),
    path: async () => (await described()).description.path,
    now: Date.now,
    monotonicMs: () => performance.now(),
  };
};
