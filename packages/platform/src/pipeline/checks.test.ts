import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { environmentName } from '@plumbline/contract/names';
import type { CheckOutcome } from '@plumbline/contract/release';
import { afterEach, describe, expect, test } from 'vitest';
import { loadDescription } from '../environments/read.ts';
import { type GitApp, gitApp } from '../testing/git-app.ts';
import { judgeAudit } from './checks/audit.ts';
import { excusesOf } from './checks/exceptions.ts';
import { type CheckOrder, runChecks } from './checks.ts';
import { checksThatForbid, type Policy } from './checks-required.ts';
import { readCheckout } from './source.ts';
import { filesOfSnapshot, takeSnapshot } from './source-snapshot.ts';

const apps: GitApp[] = [];
afterEach(async () => {
  for (const made of apps.splice(0)) await made.remove();
});

const described = (more: string): string =>
  `app: tiny\npath: [development, staging, production]\nservices: { web: { directory: web, start: [x], health: /up } }\n${more}`;

const app = async (more: string, files: Readonly<Record<string, string>> = {}): Promise<GitApp> => {
  const made = await gitApp({ 'plumbline.yaml': described(more), 'web/a.txt': 'a', 'api/a.txt': 'a', ...files });
  apps.push(made);
  return made;
};

const orderOf = async (made: GitApp, more: Partial<CheckOrder> = {}): Promise<CheckOrder> => {
  const { commit } = await readCheckout(made.folder);
  const snapshot = await takeSnapshot({ folder: made.folder, home: made.home, commit, dirty: false, key: 'c-1' });
  const { description } = await loadDescription(filesOfSnapshot(snapshot));
  return { snapshot, home: made.home, description, policy: 'local', ...more };
};

const outcomes = async (
  made: GitApp,
  more: Partial<CheckOrder> = {},
): Promise<Readonly<Record<string, CheckOutcome>>> =>
  Object.fromEntries((await runChecks(await orderOf(made, more))).map((one) => [one.name, one]));

const check = (name: string, script: string, more = ''): string => `  ${name}: { run: [sh, -c, '${script}']${more} }\n`;

describe('a command', () => {
  test('passes, fails or cannot run, and says which, where, and what it printed', async () => {
    const made = await app(
      `checks:\n${check('right', 'true')}${check('wrong', 'echo one; echo two >&2; exit 3', ', in: [web]')}${check('away', 'echo no browser here; exit 77')}`,
    );
    const { right, wrong, away } = await outcomes(made);
    expect(right).toMatchObject({ state: 'passed' });
    expect(wrong).toMatchObject({ state: 'failed', because: 'sh -c echo one; echo two >&2; exit 3 in web: exit 3' });
    expect(wrong?.output.split('\n').sort()).toEqual(['one', 'two']);
    expect(away).toMatchObject({
      state: 'not-run',
      because: 'sh -c echo no browser here; exit 77 in .: no browser here',
    });
  });

  test('that cannot run has failed where nothing goes on without it', async () => {
    const made = await app(`checks:\n${check('away', 'exit 77')}${check('extra', 'exit 77', ', required: false')}`);
    const { away, extra } = await outcomes(made, { policy: 'strict' });
    expect(away).toMatchObject({
      state: 'failed',
      because: expect.stringMatching(/^it could not run, and nothing goes on here without it: /),
    });
    expect(extra).toMatchObject({ state: 'not-run' });
  });

  test('that is not required and fails keeps nothing back', async () => {
    const made = await app(`checks:\n${check('extra', 'false', ', required: false')}`);
    expect((await outcomes(made)).extra).toMatchObject({
      state: 'excused',
      because: expect.stringMatching(/^failed, and is not required: /),
    });
  });

  test('is run in all its folders, and fails when it fails in one', async () => {
    const made = await app(`checks:\n${check('here', 'test -f only.txt', ', in: [web, api]')}`, { 'web/only.txt': '' });
    expect((await outcomes(made)).here).toMatchObject({
      state: 'failed',
      because: 'sh -c test -f only.txt in api: exit 1',
    });
  });

  test('is stopped when it takes too long', async () => {
    const made = await app(`checks:\n${check('slow', 'sleep 60', ', timeout: 300ms')}`);
    expect((await outcomes(made)).slow).toMatchObject({ state: 'failed', because: 'sh -c sleep 60 in .: timed out' });
  });

  test('sees the commit, not what lies in the checkout', async () => {
    const made = await app(
      `checks:\n${check('clean', 'test "$(cat a.txt)" = a && test ! -e new.txt && test ! -e .git', ', in: [web]')}`,
    );
    await made.write({ 'web/a.txt': 'b', 'web/new.txt': '' });
    expect((await outcomes(made)).clean).toMatchObject({ state: 'passed' });
  });

  test('is not asked again once it has passed with the same files, but when it failed', async () => {
    const ran = `${tmpdir()}/plumb-ran-${process.pid}`;
    const made = await app(
      `checks:\n${check('right', `echo x >> ${ran}.right`)}${check('wrong', `echo x >> ${ran}.wrong; exit 1`)}`,
    );
    const { readFile, rm } = await import('node:fs/promises');
    try {
      await outcomes(made);
      expect((await outcomes(made)).right).toMatchObject({
        state: 'passed',
        because: 'passed before with the same files',
      });
      await made.write({ 'web/a.txt': 'changed' });
      await made.commit();
      await outcomes(made);
      expect([await readFile(`${ran}.right`, 'utf8'), await readFile(`${ran}.wrong`, 'utf8')]).toEqual([
        'x\n'.repeat(2),
        'x\n'.repeat(3),
      ]);
    } finally {
      await Promise.all(['right', 'wrong'].map((name) => rm(`${ran}.${name}`, { force: true })));
    }
  });

  test('finds its dependencies, which are fetched once for all checks of a folder', async () => {
    const install = `, in: [web], install: [sh, -c, 'test ! -e modules && mkdir modules']`;
    const made = await app(
      `checks:\n${check('one', 'test -d modules', install)}${check('two', 'test -d modules', install)}`,
    );
    expect(await outcomes(made)).toMatchObject({ one: { state: 'passed' }, two: { state: 'passed' } });
  });

  test('fails with its dependencies, and cannot run when the registry is away', async () => {
    const made = await app(
      `checks:\n${check('broken', 'true', ", in: [web], install: [sh, -c, 'echo bad lock; exit 1']")}${check('offline', 'true', ", in: [api], install: [sh, -c, 'echo getaddrinfo EAI_AGAIN; exit 1']")}`,
    );
    const { broken, offline } = await outcomes(made);
    expect(broken).toMatchObject({ state: 'failed', output: 'bad lock' });
    expect(offline).toMatchObject({
      state: 'not-run',
      because: expect.stringMatching(/the package registry was not reached$/),
    });
  });

  test('is interrupted when it is told to stop, and the clean folder goes', async () => {
    const made = await app(`checks:\n${check('slow', 'sleep 60')}`);
    const stopping = new AbortController();
    const order = await orderOf(made, {
      signal: stopping.signal,
      onProgress: () => setTimeout(() => stopping.abort(), 100),
    });
    await expect(runChecks(order)).rejects.toMatchObject({ code: 'interrupted' });
    expect(
      (await readdir(tmpdir())).filter(
        (name) => name.includes(`plumbline-build-`) && name.includes(`-${process.pid}-`),
      ),
    ).toEqual([]);
  });
});

test('commands of different folders run at the same time, those of one folder in turn', async () => {
  const meet = (mine: string, other: string) =>
    `touch ../${mine}; i=0; until test -e ../${other}; do i=$((i+1)); test $i -lt 600 || exit 1; sleep 0.05; done`;
  const alone = 'mkdir busy && sleep 0.2 && rmdir busy';
  const made = await app(
    `checks:\n${check('a', meet('a', 'b'), ', in: [web]')}${check('b', meet('b', 'a'), ', in: [api]')}${check('c', alone, ', in: [web]')}${check('d', alone, ', in: [./web]')}`,
  );
  expect(await outcomes(made)).toMatchObject({
    a: { state: 'passed' },
    b: { state: 'passed' },
    c: { state: 'passed' },
    d: { state: 'passed' },
  });
});

describe('secrets', () => {
  const token = ['ghp', '_aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5'].join('');

  test('in any file fail the check, which says where and does not repeat them', async () => {
    const made = await app('', {
      'web/config.js': `const a = 1;\nconst token = '${token}';\n`,
      'web/picture.bin': `\0${token}`,
    });
    const { secrets } = await outcomes(made);
    expect(secrets).toMatchObject({ state: 'failed', because: 'a secret is written out' });
    expect(secrets?.output).toMatch(/^web\/config.js:2:\d+ GitHub Token.* \(github@web\/config.js\)$/);
    expect(secrets?.output).not.toContain(token);
  });

  test('are excused by an exception until its day is over', async () => {
    const exception =
      'exceptions: [{ check: secrets, id: github@web/config.js, owner: ops, until: 2027-01-31, reason: revoked }]\n';
    const made = await app(exception, { 'web/config.js': token });
    expect((await outcomes(made, { today: '2027-01-31' })).secrets).toMatchObject({
      state: 'excused',
      because: 'github@web/config.js is excused by ops until 2027-01-31: revoked',
    });
    const { secrets } = await outcomes(made, { today: '2027-02-01' });
    expect(secrets).toMatchObject({ state: 'failed' });
    expect(secrets?.output).toContain('the exception of ops for github@web/config.js ended on 2027-01-31');
  });

  test('are looked for in what is committed, not in what an install brings', async () => {
    const made = await app(
      `checks:\n${check('x', 'true', `, in: [web], install: [sh, -c, 'echo ${token.slice(0, 4)}"${token.slice(4)}" > secret.txt']`)}`,
    );
    expect((await outcomes(made)).secrets).toMatchObject({ state: 'passed' });
  });
});

describe('the audit', () => {
  const hole = (id: string, severity: string) => ({
    title: `Hole ${id}`,
    url: `https://github.com/advisories/${id}`,
    severity,
  });
  const report = (...via: readonly object[]) =>
    JSON.stringify({
      auditReportVersion: 2,
      vulnerabilities: { left: { name: 'left', via: ['right'] }, right: { name: 'right', via } },
    });
  const excuses = excusesOf(
    [{ check: 'audit', id: 'GHSA-known', owner: 'ops', until: '2027-01-31', reason: 'not reachable' }],
    'audit',
    '2027-01-01',
  );
  const judge = (printed: string, level: 'moderate' | 'high' = 'high') =>
    judgeAudit(printed, 'web', { level, excuses });

  test.each([
    ['nothing', report(), 'passed', 'web: no known hole of severity high or above'],
    ['a lesser hole', report(hole('GHSA-a', 'moderate')), 'passed', 'web: no known hole of severity high or above'],
    [
      'a hole',
      report(hole('GHSA-a', 'high'), hole('GHSA-known', 'critical')),
      'failed',
      'web: 1 known hole of severity high or above',
    ],
    [
      'an excused hole',
      report(hole('GHSA-known', 'critical')),
      'excused',
      'web: GHSA-known is excused by ops until 2027-01-31: not reachable',
    ],
    [
      'a registry that answers 405',
      JSON.stringify({
        message: '405 Method Not Allowed - POST https://registry.example/-/npm/v1/security/advisories/bulk',
        statusCode: 405,
      }),
      'not-run',
      'npm audit in web: 405 Method Not Allowed',
    ],
    [
      'no network',
      JSON.stringify({
        message: 'request to https://registry.example/x failed, reason: getaddrinfo ENOTFOUND',
        error: {},
      }),
      'not-run',
      'npm audit in web: request to failed, reason: getaddrinfo ENOTFOUND',
    ],
    ['no report', 'Bad Gateway', 'not-run', 'npm audit in web: npm printed no report'],
  ])('finds %s', (_, printed, state, because) => {
    expect(judge(printed)).toMatchObject({ state, because });
  });

  test('says each hole once, the gravest first', () => {
    expect(
      judge(report(hole('GHSA-b', 'high'), hole('GHSA-c', 'critical'), hole('GHSA-c', 'critical'))).output,
    ).toEqual(['critical GHSA-c right: Hole GHSA-c', 'high GHSA-b right: Hole GHSA-b']);
    expect(judge(report(hole('GHSA-a', 'moderate')), 'moderate').state).toBe('failed');
  });

  test('cannot run where the registry is not to be reached, and counts as failed where nothing goes on without it', async () => {
    const lock = JSON.stringify({
      name: 'web',
      version: '1.0.0',
      lockfileVersion: 3,
      packages: {
        '': { name: 'web', version: '1.0.0', dependencies: { ms: '2.1.3' } },
        'node_modules/ms': { version: '2.1.3' },
      },
    });
    const made = await app('', {
      'web/package.json': '{"name":"web","version":"1.0.0","dependencies":{"ms":"2.1.3"}}',
      'web/package-lock.json': lock,
      'web/.npmrc': 'registry=http://127.0.0.1:1/\nfetch-retries=0\n',
    });
    const audit = async (policy: Policy) => (await outcomes(made, { policy })).audit;
    expect(await audit('local')).toMatchObject({
      state: 'not-run',
      because: expect.stringMatching(/^npm audit in web: .*ECONNREFUSED/),
    });
    expect(await audit('strict')).toMatchObject({ state: 'failed', because: expect.stringMatching(/ECONNREFUSED/) });
  });

  test('of an app without npm has nothing to find', async () => {
    expect((await outcomes(await app(''))).audit).toMatchObject({
      state: 'passed',
      because: 'no service has a package-lock.json',
    });
  });
});

test('a failed check keeps a release from the environments that it is for', async () => {
  const made = await app(`checks:\n${check('lint', 'true')}${check('heavy', 'true', ', above: staging')}`);
  const { description } = await orderOf(made);
  const failed = ['lint', 'heavy', 'audit'].map(
    (name): CheckOutcome => ({ name, state: 'failed', because: '', ms: 1, output: '' }),
  );
  const forbids = (environment: string) =>
    checksThatForbid(description, failed, environmentName.parse(environment)).map(({ name }) => name);
  expect(forbids('development')).toEqual(['lint']);
  expect(forbids('staging')).toEqual(['lint', 'audit']);
  expect(forbids('production')).toEqual(['lint', 'heavy', 'audit']);
});
