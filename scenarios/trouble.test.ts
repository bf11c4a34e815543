import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkoutOf, commitAll } from './station/checkout.ts';
import { pacedLoad } from './station/paced-load.ts';
import { type SmallRegistry, smallRegistry } from './station/small-registry.ts';
import { openStation, type Station } from './station/station.ts';
import { eventually, shipped } from './station/waiting.ts';

const isRoot = process.getuid?.() === 0;
const files = {
  'plumbline.yaml':
    'app: hello\npath: [live]\nservices:\n  web: { start: [node, server.mjs], route: /, health: / }\nchecks: { audit: { required: false } }\n',
  'environments/live.yaml': 'environment: live\napprovals: { count: 0 }\nlocal: { replicas: 1, bake: 0s }\n',
  'server.mjs':
    "import { createServer } from 'node:http';\ncreateServer((_, response) => response.end('hello')).listen(process.env.PORT, '127.0.0.1');\n",
};

const faketime = await execa('faketime', ['-f', '+0', 'printenv', 'LD_PRELOAD'], { reject: false });

let station: Station | undefined;
let registry: SmallRegistry | undefined;
let temporary: string;
let isMounted = false;
beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'plumb-trouble-'));
});
afterEach(async () => {
  await station?.close();
  station = undefined;
  await registry?.close();
  registry = undefined;
  if (isMounted) await execa('umount', ['--lazy', temporary]);
  isMounted = false;
  await rm(temporary, { recursive: true, force: true });
}, 60_000);

const open = async (env: Readonly<Record<string, string>> = {}) => {
  let app = '';
  const opened = await openStation(async (folder) => {
    app = await checkoutOf(folder, files);
  }, env);
  station = opened;
  expect(await shipped(opened)).toMatchObject({ state: 'succeeded' });
  return { opened, app };
};

test.skipIf(!isRoot)(
  'a build without disk space fails in clear words, what is live goes on, and it is built when there is room (as root: mounts a small disk)',
  async () => {
    await execa('mount', ['-t', 'tmpfs', '-o', 'size=90m', 'tmpfs', temporary]);
    isMounted = true;
    const { opened, app } = await open({ TMPDIR: temporary });
    await writeFile(join(temporary, 'somebody-elses'), Buffer.alloc(80 * 1024 * 1024));
    await writeFile(join(app, 'large'), Buffer.alloc(20 * 1024 * 1024, 'x'));
    await commitAll(app, 'A large file');
    const load = await pacedLoad(opened, 'live');
    const failed = await shipped(opened);
    expect(failed).toMatchObject({ state: 'failed' });
    expect(failed.because).toMatch(/no space is left|MB are free/);
    expect(failed.because).toContain(temporary);
    await rm(join(temporary, 'somebody-elses'));
    expect(await shipped(opened)).toMatchObject({ state: 'succeeded' });
    expect(await load.stop()).toMatchObject({ failed: [] });
  },
  180_000,
);

test('data that cannot be read keeps the control plane from starting in clear words, and it goes on when it is mended', async () => {
  const { opened } = await open();
  await opened.controlPlane.kill('SIGTERM');
  const key = join(opened.home, 'audit', 'key.pem');
  const content = await readFile(key);
  await rm(key);
  // A folder in its place is read by nobody, root included.
  await mkdir(key);
  await expect(opened.controlPlane.start()).rejects.toThrow(
    `The audit's folder ${join(opened.home, 'audit')} cannot be used`,
  );
  await rm(key, { recursive: true });
  await writeFile(key, content);
  await chmod(key, 0o600);
  await opened.controlPlane.start();
  expect((await opened.client.call('status', {})).environments).toMatchObject([{ health: 'healthy' }]);
  expect(await opened.client.call('auditVerification', {})).toMatchObject({ ok: true });
}, 120_000);

test('a dead network keeps a build back in clear words and costs no request, and the very same commit ships when it is back', async () => {
  const { opened, app } = await open();
  registry = await smallRegistry();
  await dependOn(app, registry);
  await commitAll(app, 'A dependency');
  const load = await pacedLoad(opened, 'live');
  const failed = await shipped(opened);
  expect(failed).toMatchObject({ state: 'failed' });
  expect(failed.because).toContain(
    "the package registry was not reached, and npm's cache does not have everything: try again when the network is back",
  );
  // The audit asks the same registry: that it could not is its reason, and no verdict on the packages.
  expect(failed.checks.find(({ name }) => name === 'audit')).toMatchObject({
    state: 'not-run',
    because: expect.stringContaining('ECONNREFUSED'),
  });

  await registry.open();
  const mended = await shipped(opened);
  expect(mended).toMatchObject({ state: 'succeeded', commit: failed.commit });
  expect(mended.checks.find(({ name }) => name === 'audit')).toMatchObject({ state: 'passed' });
  expect(await load.stop()).toMatchObject({ failed: [] });
}, 180_000);

test('a dead network does not keep back what needs nothing new from it, and it is marked that nobody audited it', async () => {
  const { opened, app } = await open();
  registry = await smallRegistry();
  await registry.open();
  await dependOn(app, registry);
  await writeFile(join(app, 'plumbline.yaml'), files['plumbline.yaml'].replace(/^checks:.*\n/m, ''));
  await commitAll(app, 'A dependency, which is audited');
  expect(await shipped(opened)).toMatchObject({ state: 'succeeded' });
  expect((await opened.client.call('releases', {}))[0]).toMatchObject({ marks: [] });

  await registry.close();
  await writeFile(join(app, 'server.mjs'), `${files['server.mjs']}// another answer\n`);
  await commitAll(app, 'Another answer');
  const climb = await shipped(opened);
  expect(climb).toMatchObject({ state: 'succeeded' });
  expect((await opened.client.call('releases', {}))[0]).toMatchObject({ id: climb.release, marks: ['unaudited'] });
}, 180_000);

test.skipIf(faketime.exitCode !== 0)(
  'a clock that jumps by a day, forwards and back, costs no delivery and no record (needs faketime)',
  async () => {
    const clock = join(temporary, 'clock');
    await writeFile(clock, '+0');
    const { opened, app } = await open({
      LD_PRELOAD: faketime.stdout,
      FAKETIME_TIMESTAMP_FILE: clock,
      FAKETIME_NO_CACHE: '1',
      // A clock that is set jumps; the one that only goes forwards does not.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    });
    const load = await pacedLoad(opened, 'live');
    for (const jump of ['+1d', '-1d']) {
      await writeFile(join(app, 'server.mjs'), `${files['server.mjs']}// ${jump}\n`);
      await commitAll(app, `The clock jumps by ${jump}`);
      const climbing = shipped(opened);
      await eventually('the climb to begin', async () => {
        const { climb } = await opened.client.call('status', {});
        return climb?.endedAt === null || undefined;
      });
      await writeFile(clock, jump);
      expect(await climbing).toMatchObject({ state: 'succeeded' });
    }
    expect(await load.stop()).toMatchObject({ failed: [] });
    expect(await opened.client.call('auditVerification', {})).toMatchObject({ ok: true, findings: [] });
  },
  180_000,
);

/** With a cache of its own: what this machine has fetched before must not stand in for the network. */
const dependOn = async (app: string, { url, name, version }: SmallRegistry): Promise<void> => {
  const root = { name: 'hello', version: '1.0.0', dependencies: { [name]: version } };
  const packages = { '': root, [`node_modules/${name}`]: { version } };
  const lock = { name: 'hello', version: '1.0.0', lockfileVersion: 3, requires: true, packages };
  await writeFile(join(app, 'package.json'), JSON.stringify(root));
  await writeFile(join(app, 'package-lock.json'), JSON.stringify(lock));
  await writeFile(join(app, '.npmrc'), `registry=${url}\nfetch-retries=0\ncache=${temporary}\n`);
};
