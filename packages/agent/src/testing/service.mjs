// A service whose behaviour its variables set, for tests of who runs it.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

const set = process.env;
const number = (name, otherwise) => Number(set[name] ?? otherwise);
const switches = { health: number('HEALTH', 200), live: number('LIVE', 200) };

if (set.SAY) console.log(set.SAY);
if (set.SAY_ERROR) console.error(set.SAY_ERROR);
if (set.CHILD) spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
if (set.CRASH_AFTER_MS) setTimeout(() => process.exit(number('CRASH_CODE', 1)), number('CRASH_AFTER_MS', 0));

const routes = {
  '/health': () => ({ status: switches.health }),
  '/live': () => ({ status: switches.live }),
  '/set': (url) => {
    for (const [name, value] of url.searchParams) switches[name] = Number(value);
    return { status: 200 };
  },
  '/variables': () => ({ status: 200, body: JSON.stringify(process.env) }),
  '/say': (url) => {
    console.log(url.searchParams.get('line'));
    return { status: 200 };
  },
  '/slow': async (url) => {
    await pause(Number(url.searchParams.get('ms')));
    return { status: 200, body: 'slow and whole' };
  },
};

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://service');
  const answer = (await routes[url.pathname]?.(url)) ?? {
    status: 200,
    body: `${set.PLUMBLINE_RELEASE} ${process.pid}`,
  };
  response.writeHead(answer.status).end(answer.body ?? '');
});
server.keepAliveTimeout = 60_000;

if (set.ON_TERM !== 'ignore') process.on('SIGTERM', () => server.close(() => process.exit(0)));
else process.on('SIGTERM', () => console.log('TERM is ignored'));

if (set.LISTEN !== 'never') setTimeout(() => server.listen(number('PORT', 0), '127.0.0.1'), number('START_MS', 0));
else setInterval(() => undefined, 1000);
