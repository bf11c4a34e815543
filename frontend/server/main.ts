import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readCatalogue } from './catalogue.ts';
import { type UnusedConnections, watchConnections } from './connections.ts';
import { readSettings, type Settings, SettingsError } from './settings.ts';
import { createSite } from './site.ts';

const SECOND = 1_000;
const SWEEP_MS = 50;
const dist = fileURLToPath(new URL('..', import.meta.url));
let isDraining = false;

try {
  await serve(readSettings(process.env));
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function serve(settings: Settings): Promise<void> {
  const { environment, version, release } = settings;
  const { commit, stamp } = JSON.parse(readFileSync(`${dist}/build.json`, 'utf8'));
  const site = await createSite({
    catalogue: readCatalogue(dist),
    release,
    version: { version, commit, release: release ?? null, stamp },
    settings: { environment },
    isDraining: () => isDraining,
  });
  const limits = { requestTimeout: 30 * SECOND, headersTimeout: 10 * SECOND, keepAliveTimeout: 75 * SECOND };
  const server = createServer(limits, site);
  const unused = watchConnections(server);
  server.listen(settings.port, settings.host, () => log('info', 'listening', { port: settings.port }, settings));
  process.on('SIGTERM', () => void stop(server, unused, settings));
  process.on('SIGINT', () => void stop(server, unused, settings));
}

/** Turns unhealthy, lets requests end, and exits; a second signal exits at once. */
async function stop(server: Server, unused: UnusedConnections, settings: Settings): Promise<void> {
  if (isDraining) process.exit(1);
  isDraining = true;
  log('info', 'draining', {}, settings);
  await delay(settings.drainDelayMs);
  setTimeout(() => server.closeAllConnections(), settings.drainDeadlineMs).unref();
  server.close(() => {
    log('info', 'drained', {}, settings);
    process.exit(0);
  });
  setInterval(() => unused.close(), SWEEP_MS);
}

function log(level: string, message: string, fields: object, { environment, release }: Settings): void {
  const timestamp = new Date().toISOString();
  process.stdout.write(
    `${JSON.stringify({ timestamp, level, message, service: 'frontend', environment, release, ...fields })}\n`,
  );
}
