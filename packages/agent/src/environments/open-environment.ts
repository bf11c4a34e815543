import path from 'node:path';
import type { EnvironmentName } from '@plumbline/contract/names';
import type { KeptCounts } from '../home/counts-file.ts';
import type { Journal } from '../home/journal.ts';
import type { Ports } from '../home/ports.ts';
import type { Secrets } from '../home/secrets.ts';
import type { Log } from '../log.ts';
import { stillRuns } from '../processes/identity.ts';
import { endStrays, processesWithVariable } from '../processes/strays.ts';
import type { Router } from '../router/router.ts';
import type { Databases } from '../stores/databases.ts';
import { Stores } from '../stores/stores.ts';
import { Environment, readKept } from './environment.ts';
import { contentOf, type KeptOrder } from './kept-order.ts';
import { Reconciler } from './reconcile.ts';
import { openRecords, type ReplicaRecord } from './records.ts';
import { createRevision } from './revision.ts';
import { markVariable, variablesOf } from './variables.ts';

export interface OpenEnvironmentNeeds {
  readonly home: string;
  /** Of the home: begins the mark of every replica's process. */
  readonly homeHash: string;
  readonly router: Router;
  readonly routerPort: () => number;
  readonly plainPort: () => number;
  readonly journal: Journal;
  readonly secrets: Secrets;
  readonly databases: Databases;
  readonly ports: Ports;
  readonly redisServer: string | null;
  readonly counts: KeptCounts;
  readonly log: Log;
}

/** Opens an environment as it was left: its order takes effect again, and processes that still run are gone on with. */
export const openEnvironment = async (name: EnvironmentName, needs: OpenEnvironmentNeeds): Promise<Environment> => {
  const { home, homeHash, router, journal, secrets, databases, ports, redisServer, counts, log } = needs;
  const folder = path.join(home, 'environments', name);
  const orderFile = path.join(folder, 'order.json');
  const records = openRecords(path.join(folder, 'replicas'));
  const kept = await readKept(orderFile);
  const found = await records.all();
  const mark = `${homeHash}/${name}/`;
  await endUnknown(mark, found, log);

  const revision = createRevision(kept.revisionBase);
  const changed = revision.raise;
  const stores = new Stores({ environment: name, home, databases, ports, redisServer, log, changed });
  const sources = { environment: name, secrets, stores, own: process.env };
  const reconciler = new Reconciler({
    records,
    route: router.route,
    drain: router.drain,
    variablesOf: (group, address, signal) => variablesOf(group, address, sources, signal),
    markOf: (replica) => `${mark}${replica}`,
    revision,
    log,
  });

  await tellWhatIsFound(name, kept, found, journal);
  stores.want(kept.stores);
  reconciler.replicas.takeOver(found);
  if (kept.order) reconciler.want(kept.order);
  const { routerPort, plainPort } = needs;
  return new Environment({
    name,
    orderFile,
    kept,
    revision,
    reconciler,
    journal,
    stores,
    counts,
    routerPort,
    plainPort,
  });
};

/** A replica that was started in the instant in which the last agent was killed is in no record; it must not run twice. */
const endUnknown = async (mark: string, found: readonly ReplicaRecord[], log: Log): Promise<void> => {
  const known = new Set(found.flatMap(({ process }) => (process && stillRuns(process) ? [process.pid] : [])));
  const strays = processesWithVariable(markVariable, mark).filter((one) => !known.has(one.group));
  for (const { pid } of strays) log('warn', 'a process that no record knows is ended', { pid, mark });
  await endStrays(strays, 'SIGTERM', 2_000);
};

const tellWhatIsFound = async (
  environment: EnvironmentName,
  { order, generation, toldAfter }: KeptOrder,
  found: readonly ReplicaRecord[],
  journal: Journal,
): Promise<void> => {
  if (order === null) return;
  const { holder, step, generation: given } = order.shape;
  const entries = await journal.read({ environment, after: toldAfter });
  const isTold = entries.some(({ kind }) => kind === 'applied' || kind === 'same');
  // The agent was killed after the order was kept and before it was told: it is in effect, so it is told now.
  if (!isTold)
    await journal.append({ environment, kind: 'applied', generation: given, holder, step, detail: contentOf(order) });
  const here = found.filter((one) => !one.left);
  const running = here.filter(({ process }) => process !== null && stillRuns(process));
  if (here.length === 0) return;
  const detail = {
    adopted: running.map(({ id, process }) => ({ id, pid: process?.pid })),
    replaced: here.filter((one) => !running.includes(one)).map(({ id }) => id),
  };
  await journal.append({ environment, kind: 'adopted', generation, holder, step, detail });
};
