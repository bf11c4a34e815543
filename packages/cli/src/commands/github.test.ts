import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import {
  type GithubServer,
  githubToken,
  startGithub,
} from '@plumbline/platform/infrastructure/github/testing/github-server';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { main } from '../main.ts';
import { createTerminal } from '../terminal.ts';

const repository = join(import.meta.dirname, '../../../..');
let github: GithubServer;
let directory: string;
beforeEach(async () => {
  github = await startGithub();
  directory = await mkdtemp(join(tmpdir(), 'plumb-github-'));
  await cp(join(repository, '.github'), join(directory, '.github'), { recursive: true });
});
afterEach(async () => {
  await github.close();
  await rm(directory, { recursive: true });
});

const plumb = async (argv: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  let out = '';
  let err = '';
  const into = (take: (text: string) => void) =>
    new Writable({
      write: (chunk, _encoding, done) => {
        take(String(chunk));
        done();
      },
    });
  const stdout = into((text) => {
    out += text;
  });
  const stderr = into((text) => {
    err += text;
  });
  const given = {
    GITHUB_TOKEN: githubToken,
    GITHUB_API_URL: github.url,
    GITHUB_REPOSITORY: 'blueprint/connect2',
    ...env,
  };
  const surroundings = { env: given, cwd: directory, onInterrupt: () => () => undefined };
  const terminal = createTerminal({ stdin: new PassThrough().end(), stdout, stderr }, {});
  return { code: await main(argv, surroundings, terminal), out, err };
};
const edited = async (from: RegExp, to: string): Promise<void> => {
  const file = join(directory, '.github/protection.yaml');
  const text = await readFile(file, 'utf8');
  expect(text).toMatch(from);
  await writeFile(file, text.replace(from, to));
};

describe('E3-31: the rules of branches and environments', () => {
  test('a repository without rules fails the check, for each of them', async () => {
    const { code, out } = await plumb(['github', 'check']);
    expect(code).toBe(1);
    expect(out).toContain('branch main: GitHub has no ruleset "plumbline: main"');
    expect(out).toContain('environment production: GitHub has no such environment');
    expect(github.writes).toEqual([]);
  });

  test('apply says what would change, and does it only with --yes', async () => {
    const { code, out } = await plumb(['github', 'apply']);
    expect(code).toBe(0);
    expect(out).toContain('rules would change: --yes');
    expect(github.writes).toEqual([]);
  });

  test('what was applied passes the check, and applying again writes nothing', async () => {
    expect((await plumb(['github', 'apply', '--yes'])).code).toBe(0);
    expect(await plumb(['github', 'check'])).toMatchObject({ code: 0, err: '' });
    const written = github.writes.length;
    expect(written).toBeGreaterThan(5);
    expect((await plumb(['github', 'apply', '--yes'])).code).toBe(0);
    expect(github.writes).toHaveLength(written);
    expect(github.environments.get('production')?.body).toMatchObject({
      prevent_self_review: true,
      reviewers: [{ type: 'Team', id: 71 }],
      deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
    });
  });

  test.each([
    ['the reviewers were taken away', { reviewers: [] }, 'team release-managers is no reviewer'],
    ['one may approve what one asked for', { prevent_self_review: false }, 'the one who asks may approve'],
    ['every branch may deliver', { deployment_branch_policy: null }, 'any may deliver there, not main'],
  ])('a delivery stops when %s', async (_what, change, because) => {
    await plumb(['github', 'apply', '--yes']);
    const production = github.environments.get('production');
    if (production) production.body = { ...production.body, ...change };
    const { code, out } = await plumb(['github', 'check', '--environment', 'production']);
    expect({ code, says: out.includes(because) }).toEqual({ code: 1, says: true });
    expect((await plumb(['github', 'check', '--environment', 'staging'])).code).toBe(0);
    expect((await plumb(['github', 'apply', '--yes', '--environment', 'production'])).code).toBe(0);
    expect((await plumb(['github', 'check'])).code).toBe(0);
  });

  test('a branch that may deliver and is not in the file is taken out', async () => {
    await plumb(['github', 'apply', '--yes']);
    github.environments.get('production')?.policies.push({ id: 99, name: 'hotfix/*', type: 'branch' });
    expect((await plumb(['github', 'check'])).out).toContain('hotfix/*, main may deliver there, not main');
    await plumb(['github', 'apply', '--yes']);
    expect(github.environments.get('production')?.policies.map(({ name }) => name)).toEqual(['main']);
  });

  test.each([
    ['is switched off', { enforcement: 'disabled' }, 'its ruleset is disabled, not active'],
    ['lets somebody pass', { bypass_actors: [{ actor_type: 'Team' }] }, '1 may pass its ruleset'],
    [
      'covers another branch',
      { conditions: { ref_name: { include: ['refs/heads/x'], exclude: [] } } },
      'does not cover',
    ],
    ['lost its rules', { rules: [] }, 'the rule pull_request is missing'],
  ])('the check fails when the ruleset of main %s', async (_what, change, because) => {
    await plumb(['github', 'apply', '--yes']);
    const [id = 0] = [...github.rulesets].find(([, { name }]) => name === 'plumbline: main') ?? [];
    github.rulesets.set(id, { ...github.rulesets.get(id), ...change });
    const { code, out } = await plumb(['github', 'check']);
    expect({ code, says: out.includes(because) }).toEqual({ code: 1, says: true });
  });

  test('another check in the file is missed at GitHub; more approvals than asked for are not', async () => {
    await edited(/approvals: 1\n {4}code_owners/, 'approvals: 2\n    code_owners');
    await plumb(['github', 'apply', '--yes']);
    await edited(/approvals: 2/, 'approvals: 1');
    expect((await plumb(['github', 'check'])).code).toBe(0);
    await edited(/- Security\n/, '- Security\n      - Penetration\n');
    expect((await plumb(['github', 'check'])).out).toContain('Penetration');
  });

  test('a token that may only look is enough for the check, which says what it was not shown', async () => {
    await plumb(['github', 'apply', '--yes']);
    github.isAdmin = false;
    const { code, err } = await plumb(['github', 'check']);
    expect({ code, err }).toMatchObject({ code: 0, err: expect.stringContaining('is not shown to this token') });
    github.environments.delete('staging');
    const refused = await plumb(['github', 'apply', '--yes']);
    expect(refused.err).toContain('GitHub answered 403: Resource not accessible by integration');
    expect(refused.err).toContain('write Administration');
  });
});

describe('what cannot be asked', () => {
  test.each([
    [['github', 'check', '--environment', 'qa'], {}, 'has no environment "qa"'],
    [['github', 'check'], { GITHUB_TOKEN: '' }, 'GITHUB_TOKEN is not set'],
    [['github', 'check'], { GITHUB_TOKEN: 'wrong' }, '401: Bad credentials'],
    [['github', 'check'], { GITHUB_API_URL: 'http://127.0.0.1:9' }, 'GitHub does not answer at http://127.0.0.1:9'],
  ])('%s with %o says what to do', async (argv, env, words) => {
    const { code, err } = await plumb(argv, env);
    expect({ code, says: err.includes(words) }).toEqual({ code: 1, says: true });
  });

  test('a wrong file is told with line and reason', async () => {
    await edited(/prevent_self_review/, 'prevent_self_revue');
    const { code, err } = await plumb(['github', 'check']);
    expect(code).toBe(1);
    expect(err).toMatch(
      /protection\.yaml:\d+:\d+ unknown key "prevent_self_revue": did you mean "prevent_self_review"/,
    );
  });

  test('a workflow that breaks a rule fails the check as well', async () => {
    await plumb(['github', 'apply', '--yes']);
    await mkdir(join(directory, '.github/workflows'), { recursive: true });
    await writeFile(join(directory, '.github/workflows/new.yml'), 'on: push\njobs:\n  a: { runs-on: ubuntu-latest }\n');
    const { code, out } = await plumb(['github', 'check']);
    expect(code).toBe(1);
    expect(out).toContain('.github/workflows/new.yml:3:17 E3-30: ubuntu-latest changes by itself: ubuntu-24.04');
  });
});
