import { status } from '@plumbline/contract/status';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createTestBench, type TestBench } from '../testing/test-bench.ts';

let bench: TestBench;
beforeEach(async () => {
  bench = await createTestBench();
});
afterEach(() => bench.close());

const identified = z.looseObject({ id: z.string(), state: z.string() });
const jsonOf = async (argv: string[], more?: Parameters<TestBench['plumb']>[1]): Promise<unknown> => {
  const { code, out, err } = await bench.plumb([...argv, '--json'], more);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out);
};

/** Ships as the pipeline would, up to the approval of production. */
const shipped = async (stamp = 'one') => {
  const token = bench.platform.tokenOf.deployer;
  return identified.parse(await jsonOf(['ship', '--stamp', stamp], { token }));
};

describe('ship', () => {
  test('shows what happens until a person is needed, and names the command', async () => {
    const { code, out } = await bench.plumb(['ship'], { token: bench.platform.tokenOf.deployer });
    expect(code).toBe(0);
    expect(out).toContain('c-1 is building');
    expect(out).toContain('development d-1  d-1 is succeeded');
    expect(out.trimEnd()).toMatch(/d-3 waits for an approval for production: plumb approve d-3$/);
  });

  test('fails when a stage fails, with the reason', async () => {
    const { code, out } = await bench.plumb(['ship', '--stamp', 'broken-1']);
    expect(code).toBe(1);
    expect(out).toContain('c-1 failed: d-1: GET / answered 500, expected 200');
  });

  test('prints the climb alone for programs', async () => {
    expect(await shipped()).toMatchObject({ id: 'c-1', state: 'climbing', stamp: 'one' });
  });

  test('returns at once when it is detached', async () => {
    const { code, out } = await bench.plumb(['ship', '--detach', '--to', 'development']);
    expect({ code, out }).toEqual({ code: 0, out: 'c-1 is checking: plumb watch c-1\n' });
  });
});

describe('approve', () => {
  test('shows the plan and approves the one that waits', async () => {
    await shipped();
    const { code, out } = await bench.plumb(['approve', '--yes']);
    expect(code).toBe(0);
    expect(out).toContain('to production, rolling, from nothing');
    expect(out).toContain('d-3 is approved');
    expect((await bench.plumb(['watch', 'd-3'])).code).toBe(0);
  });

  test('needs --yes where nobody can be asked', async () => {
    await shipped();
    const { code, err } = await bench.plumb(['approve', 'd-3']);
    expect(code).toBe(2);
    expect(err).toContain('approve with --yes');
  });

  test('is refused to the one who asked, in words', async () => {
    await jsonOf(['ship']);
    const { code, err } = await bench.plumb(['approve', 'd-3', '--yes']);
    expect(code).toBe(1);
    expect(err).toContain('admin asked for this delivery; ask another approver');
  });

  test('says when nothing waits', async () => {
    expect((await bench.plumb(['approve', '--yes'])).err).toContain('nothing waits for an approval');
  });
});

describe('watch', () => {
  test('fails when what it watched did not succeed', async () => {
    await shipped();
    await bench.plumb(['abort', 'd-3', '--reason', 'not today']);
    const { code, out } = await bench.plumb(['watch', 'd-3']);
    expect(code).toBe(1);
    expect(out).toContain('d-3 aborted: admin aborted it');
  });

  test('prints one line of JSON for each thing that happened', async () => {
    await shipped();
    const { out } = await bench.plumb(['watch', 'd-1', '--json']);
    const seqs = out
      .trimEnd()
      .split('\n')
      .map((line) => z.object({ seq: z.int() }).parse(JSON.parse(line)).seq);
    expect(seqs.length).toBeGreaterThan(10);
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
  });

  test('is left by Ctrl-C, and what it watched goes on', async () => {
    await shipped();
    const { code, err } = await bench.plumbWatched(['watch', 'd-3'], (_out, interrupt) => interrupt());
    expect(code).toBe(1);
    expect(err).toContain('no longer watching; d-3 goes on. plumb watch d-3 comes back to it');
    expect(bench.platform.world.deliveries.size).toBe(3);
    expect(await jsonOf(['deliveries', 'production'])).toMatchObject([{ id: 'd-3', state: 'awaiting-approval' }]);
  });
});

describe('deliver and rollback', () => {
  test('a plan is shown and nothing is done', async () => {
    await shipped();
    const { out } = await bench.plumb(['deliver', 'staging', '--plan']);
    expect(out).toContain('promote');
    expect(out).toContain('way back    a walk the other way');
    expect(bench.platform.world.deliveries.size).toBe(3);
  });

  test.each([
    [['--release', 'r-0123456789ab', '--commit', 'abcdef0'], 'give --release or --commit, not both'],
    [['--commit', 'main'], '"main" is no commit: 7 to 40 hexadecimal digits'],
  ])('what is not clear is not delivered: %s', async (more, words) => {
    const { code, err } = await bench.plumb(['deliver', 'development', ...more]);
    expect({ code, says: err.includes(words) }).toEqual({ code: 2, says: true });
  });

  test('a delivery is followed to its end', async () => {
    await shipped();
    const { code, out } = await bench.plumb(['deliver', 'staging']);
    expect(code).toBe(0);
    expect(out).toContain('d-4 succeeded');
  });

  test('going back brings the release before', async () => {
    await shipped('one');
    await shipped('two');
    expect(await jsonOf(['rollback', 'development'])).toMatchObject({ kind: 'roll-back', state: 'succeeded' });
    const [newest, before] = z
      .array(z.object({ id: z.string(), liveIn: z.array(z.string()) }))
      .parse(await jsonOf(['releases']));
    expect(newest?.liveIn).not.toContain('development');
    expect(before?.liveIn).toContain('development');
  });
});

describe('migrate', () => {
  test('status ends with 1 while anything is pending, and says what waits for what', async () => {
    await shipped();
    const { code, out } = await bench.plumb(['migrate', 'status', 'production']);
    expect(code).toBe(1);
    expect(out).toMatch(/2_b\.js\s+expand\s+pending/);
    expect(out).toContain('1 pending: plumb migrate latest production');
    expect(out).toContain('1 take away and wait: for 9 min more somebody may have to go back');
    expect((await bench.plumb(['migrate', 'status', 'staging'])).code).toBe(0);
  });

  test('plan shows what would be applied and does nothing', async () => {
    await shipped();
    const { code, out } = await bench.plumb(['migrate', 'plan', 'staging', '--contract']);
    expect(code).toBe(0);
    expect(out).toContain('nothing to apply');
    expect(bench.platform.world.deliveries.size).toBe(3);
  });

  test('latest and down are deliveries of their own kinds, with their own stages', async () => {
    await shipped();
    expect(await jsonOf(['migrate', 'latest', 'staging'])).toMatchObject({
      kind: 'migrate',
      state: 'succeeded',
      stages: [{ name: 'gates' }, { name: 'migrations' }],
    });
    expect(await jsonOf(['migrate', 'latest', 'staging', '--contract'])).toMatchObject({ kind: 'contract' });
    expect(await jsonOf(['migrate', 'down', 'staging', '--reason', 'it was wrong'])).toMatchObject({
      kind: 'migrate-down',
      reason: 'it was wrong',
    });
  });

  test('down needs a reason, and migrate alone says what there is', async () => {
    expect(await bench.plumb(['migrate', 'down', 'staging'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('undoing a migration needs a --reason'),
    });
    expect((await bench.plumb(['migrate'])).err).toMatch(/plumb migrate needs one of: .*latest, down/);
  });
});

describe('freeze', () => {
  const freeze = (...more: string[]) =>
    bench.plumb(['freeze', ...more, '--until', '2h', '--reason', 'the books are closed']);

  test('says until when, and how it is ended', async () => {
    const { code, out } = await freeze('production');
    expect(code).toBe(0);
    expect(out).toMatch(/^f-1: production is frozen until .*\. plumb unfreeze production ends it\n$/);
  });

  test('is on the status, in the list and in the plan, with the reason and by whom', async () => {
    await shipped();
    await freeze('--all');
    const why = 'the books are closed (f-1, by admin)';
    expect((await bench.plumb(['status'])).out).toMatch(
      /^frozen production, until .*: the books are closed \(f-1, by admin\)$/m,
    );
    expect((await bench.plumb(['freezes'])).out).toMatch(/^f-1\s+all\s+.*admin\s+the books are closed$/m);
    expect((await bench.plumb(['deliver', 'production', '--plan'])).out).toContain(
      `freeze  waiting  production is frozen: ${why}`,
    );
  });

  test('holds a delivery, which the command then leaves, and unfreeze lets it go on', async () => {
    await shipped();
    await freeze('staging');
    const { code, out } = await bench.plumb(['deliver', 'staging']);
    expect(code).toBe(0);
    expect(out).toContain('d-4 is held and goes on by itself: staging is frozen: the books are closed');
    expect((await bench.plumb(['deliveries', 'staging'])).out).toMatch(
      /d-4\s+deliver\s+staging .* held .*staging is frozen/,
    );
    expect((await bench.plumb(['unfreeze', 'staging'])).out).toBe(
      'f-1 is ended: staging is not frozen by it any more\n',
    );
    expect((await bench.plumb(['watch', 'd-4'])).code).toBe(0);
  });

  test('still holds what was approved, and approve says so', async () => {
    await freeze('production');
    await shipped();
    const { out } = await bench.plumb(['approve', '--yes']);
    expect(out).toContain('d-3 is approved, and a freeze still holds it (production is frozen: the books are closed');
  });

  test('is passed by an emergency', async () => {
    await shipped();
    await freeze('staging');
    const { code, out } = await bench.plumb(['deliver', 'staging', '--emergency', '--reason', 'orders are lost']);
    expect({ code, end: out.trimEnd().split('\n').at(-1) }).toEqual({ code: 0, end: 'd-4 succeeded' });
  });

  test('ended where nothing is frozen says so, and names what stays', async () => {
    await freeze('--all');
    const { code, out } = await bench.plumb(['unfreeze', 'staging']);
    expect(code).toBe(0);
    expect(out).toContain('nothing that plumb freeze began freezes staging');
    expect(out).toMatch(/f-1 stays: every environment, .*, by admin/);
    expect(await jsonOf(['unfreeze', '--all'])).toMatchObject({ ended: [{ name: 'f-1' }], left: [] });
  });
});

describe('status', () => {
  test('shows every environment, what waits for whom, and log-ins', async () => {
    await shipped();
    const { out } = await bench.plumb(['status']);
    expect(out).toMatch(/^ENVIRONMENT\s+LIVE\s+COMMIT/m);
    expect(out).toMatch(/^development\s+r-[0-9a-f]{12}\s+3f2a9c1/m);
    expect(out).toMatch(
      /waits d-3 waits for 1 approval, for an approver other than who asked, since .* ago \(.*\): plumb approve d-3/,
    );
    expect(out).toContain('log in as ada@example.com with builder');
  });

  test('is the contract’s status for programs', async () => {
    await shipped();
    expect(status.safeParse(await jsonOf(['status'])).success).toBe(true);
  });
});

describe('lists', () => {
  test.each([
    [['releases'], 'RELEASE'],
    [['deliveries', 'production'], 'DELIVERY'],
    [['token', 'list'], 'TOKEN'],
    [['secret', 'list', 'staging'], 'SECRET'],
    [['audit', '--since', '1h'], 'RECORD'],
    [['notifications'], 'WHEN'],
    [['notify', 'test', 'releases'], 'NOTIFIER'],
  ])('%j is a table for people and an array for programs', async (argv, heading) => {
    await shipped();
    expect((await bench.plumb(argv)).out.startsWith(heading)).toBe(true);
    expect(
      z
        .array(z.unknown())
        .min(1)
        .safeParse(await jsonOf(argv)).success,
    ).toBe(true);
  });

  test('two releases are compared', async () => {
    await shipped('one');
    await shipped('two');
    const [two, one] = z.array(z.object({ id: z.string() })).parse(await jsonOf(['releases']));
    const { out } = await bench.plumb(['diff', one?.id ?? '', two?.id ?? '']);
    expect(out).toContain('3f2a9c1 Show the borrower on a loan');
    expect(out).toMatch(/stamp\s+one\s+two/);
  });
});

describe('logs', () => {
  test('prints the last lines of a service', async () => {
    const { code, out } = await bench.plumb(['logs', 'staging', 'backend', '--tail', '2']);
    expect({ code, out }).toEqual({ code: 0, out: 'backend-1  staging line 8\nbackend-1  staging line 9\n' });
  });

  test('follows until Ctrl-C', async () => {
    const { code, out } = await bench.plumbWatched(['logs', 'staging', '-f'], (printed, interrupt) => {
      if (printed.includes('line 15')) interrupt();
    });
    expect(code).toBe(0);
    expect(out).toContain('staging line 15');
  });
});

describe('secrets and tokens', () => {
  test('a secret comes from stdin, without its line end, and is never printed', async () => {
    const { code, out } = await bench.plumb(['secret', 'set', 'staging', 'jwt'], { stdin: 'swordfish\n' });
    expect(code).toBe(0);
    expect(out).not.toContain('swordfish');
    const staging = [...bench.platform.world.secrets].find(([name]) => name === 'staging');
    expect(staging?.[1].get('jwt')).toBe('swordfish');
  });

  test('an empty secret is refused', async () => {
    expect((await bench.plumb(['secret', 'set', 'staging', 'jwt'], { stdin: '\n' })).code).toBe(2);
  });

  test('a new token works, alone on stdout, until it is revoked', async () => {
    const { out } = await bench.plumb(['token', 'create', 'ada', '--role', 'approver']);
    const token = out.trim();
    expect(await jsonOf(['whoami'], { token })).toEqual({ name: 'ada', role: 'approver' });
    expect((await bench.plumb(['token', 'revoke', 't-5'])).code).toBe(0);
    expect((await bench.plumb(['whoami'], { token })).err).toContain('unknown, expired or revoked');
  });
});

describe('notifications', () => {
  test('those that could not be sent are shown alone, with the answer', async () => {
    await shipped();
    const { out } = await bench.plumb(['notifications', '--failed']);
    expect(out).toContain('it answered 404: no_service');
    expect(out).not.toContain('releases');
  });

  test('a test that did not arrive fails, and one for an environment is sent once', async () => {
    const { code, out } = await bench.plumb(['notify', 'test', 'audit', '--environment', 'production']);
    expect(code).toBe(1);
    expect(out).toMatch(/^audit\s+slack\s+production\s+not sent\s+it answered 404: no_service$/m);
    expect(out.trimEnd().split('\n')).toHaveLength(2);
  });

  test('a notifier that is not there is an error with those that are', async () => {
    expect((await bench.plumb(['notify', 'test', 'pager'])).err).toContain('known here: releases, audit');
  });
});

describe('audit verify', () => {
  test('says that the record is whole', async () => {
    expect(await bench.plumb(['audit', 'verify'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('whole: 4 records'),
    });
  });

  test('fails and names the record that was edited', async () => {
    const [first] = bench.platform.world.audit;
    if (first) first.who = 'mallory';
    expect(await bench.plumb(['audit', 'verify'])).toMatchObject({
      code: 1,
      out: expect.stringContaining('record 1 was edited'),
    });
  });
});

test('the address of a database is printed only when it is asked for', async () => {
  const address = await bench.plumb(['psql', 'staging', '--url']);
  expect(new URL(address.out)).toMatchObject({
    username: 'app',
    password: 'hidden',
    host: '127.0.0.1:1',
    pathname: '/staging',
  });
  const { code, out, err } = await bench.plumb(['psql', 'staging', '-c', 'SELECT 1']);
  expect(code).toBe(1);
  expect(out + err).not.toContain('hidden');
});

test('doctor names what it found and how to mend what is wrong', async () => {
  const { out } = await bench.plumb(['doctor', '--json']);
  const findings = z.array(
    z.object({ what: z.string(), verdict: z.enum(['ok', 'warn', 'bad']), mend: z.string().nullable() }),
  );
  const found = findings.parse(JSON.parse(out));
  expect(found.map(({ what }) => what)).toEqual(
    expect.arrayContaining([
      'node',
      'npm',
      'git',
      'disk',
      'memory',
      'open files',
      'ports',
      'postgres',
      'redis-server',
      'psql',
      'chromium',
    ]),
  );
  for (const { verdict, mend } of found) expect(verdict === 'ok').toBe(mend === null);
});
