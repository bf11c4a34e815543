import { ACTIVITY_CHANNEL, findTold } from './activity/activity.ts';
import { createHub } from './activity/hub.ts';
import { createApp } from './app.ts';
import { type Cache, noCache } from './cache/cache.ts';
import { connectionsInUse, openDatabase } from './database/database.ts';
import { listen } from './database/listener.ts';
import { pruneKeys } from './database/once.ts';
import { openDocumentStore } from './documents/open-store.ts';
import { every } from './every.ts';
import { drainOnSignal } from './health/drain.ts';
import { createDraining } from './health/draining.ts';
import { watchConnections } from './http/connections.ts';
import { createLog, type Log } from './logging/log.ts';
import { createMetrics } from './metrics/metrics.ts';
import { createTokens } from './sessions/tokens.ts';
import { readSettings, type Settings, SettingsError } from './settings.ts';
import { readBuild } from './version/build.ts';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

try {
  await serve(readSettings(process.env));
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function serve(settings: Settings): Promise<void> {
  const { APP_ENV: environment, APP_VERSION: version, PLUMBLINE_RELEASE: release } = settings;
  const log = createLog({ level: settings.LOG_LEVEL, environment, release });
  const documents = await openDocumentStore(settings.DOCUMENTS_URL);
  const database = openDatabase(settings.DATABASE_URL, settings.DB_POOL_MAX, log);
  const cache = await openCache(settings, log);
  const draining = createDraining();
  const hub = createHub((which) => findTold(database, which), log);
  const listener = listen(
    settings.DATABASE_URL,
    { channel: ACTIVITY_CHANNEL, onNotice: (id) => hub.heard(Number(id)), onConnected: hub.catchUp },
    log,
  );
  const agent = { agentHost: settings.DD_AGENT_HOST, agentPort: settings.DD_DOGSTATSD_PORT };
  const metrics = createMetrics({ ...agent, environment, version }, log);
  const recurring = [
    every(10 * SECOND, 'pool gauge', () => metrics.poolConnections(connectionsInUse(database)), log),
    every(HOUR, 'prune idempotency keys', () => pruneKeys(database), log),
  ];

  const server = await createApp({
    ...{ database, cache, documents, hub, draining, log, metrics },
    isDatabaseUp: listener.check,
    tokens: createTokens(settings.JWT_SECRET),
    smokePassword: settings.SMOKE_PASSWORD,
    version: { version, release: release ?? null, ...readBuild() },
  });
  const closeRest = async () => {
    for (const work of recurring) work.stop();
    await listener.close();
    await database.destroy();
    await cache.close();
    await metrics.close();
  };
  const times = { delayMs: settings.DRAIN_DELAY_MS, deadlineMs: settings.DRAIN_DEADLINE_MS };
  const unused = watchConnections(server.server);
  drainOnSignal(times, { draining, server, unused, closeRest }, log);

  await server.listen({ port: settings.PORT, host: settings.HOST });
  log.info('listening', { port: settings.PORT, cache: cache.state(), documents: settings.DOCUMENTS_URL });
}

async function openCache({ REDIS_URL, APP_ENV }: Settings, log: Log): Promise<Cache> {
  if (REDIS_URL === undefined) return noCache;
  const [{ openRedis }, { redisCache }] = await Promise.all([
    import('./cache/redis.ts'),
    import('./cache/redis-cache.ts'),
  ]);
  return redisCache(openRedis(REDIS_URL, log), APP_ENV);
}
