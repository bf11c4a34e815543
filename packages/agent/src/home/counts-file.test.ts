import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { releases, staging, web } from '../testing/orders.ts';
import { keepCounts, savedFile } from './counts-file.ts';

const [release] = releases;
const one = {
  environment: staging,
  release,
  slot: 'blue',
  service: web,
  status: 200,
  complete: true,
  clientGone: false,
  waitMs: 1,
} as const;

const openCounts = async (name = 'counts.json', tellsForMs = 0) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'plumb-counts-'));
  const file = path.join(folder, name);
  const logged: string[] = [];
  const counts = await keepCounts(file, (_, message) => void logged.push(message), tellsForMs);
  onTestFinished(async () => {
    await counts.close();
    rmSync(folder, { recursive: true });
  });
  const requests = async () => (await counts.of(staging)).counts[release]?.[web]?.requests;
  const onDisk = () =>
    savedFile.parse(JSON.parse(readFileSync(file, 'utf8'))).releases[staging]?.[release]?.[web]?.requests;
  const again = () => keepCounts(file, () => undefined, 0);
  return { counts, requests, onDisk, logged, again };
};

test('counts are on disk when they are told', async () => {
  const { counts, requests, onDisk } = await openCounts();
  for (let n = 1; n <= 3; n += 1) {
    counts.add(one);
    expect(await requests()).toBe(n);
    expect(onDisk()).toBe(n);
  }
});

test('who asks again at once is told the same, and how old it is', async () => {
  const { counts, requests, onDisk } = await openCounts('counts.json', 60_000);
  counts.add(one);
  expect(await counts.of(staging)).toMatchObject({ counts: {}, countsAgeMs: expect.any(Number) });
  expect((await counts.of(staging)).countsAgeMs).toBeGreaterThan(0);
  await counts.close();
  expect([await requests(), onDisk(), (await counts.of(staging)).countsAgeMs]).toEqual([1, 1, 0]);
});

test('all who ask at once are told all that was counted', async () => {
  const { counts, requests } = await openCounts();
  const asked = Array.from({ length: 10 }, async () => {
    counts.add(one);
    return requests();
  });
  expect(await Promise.all(asked)).toEqual(Array(10).fill(10));
});

test('a slot goes on from what it had, whatever it holds, and the slots are kept apart', async () => {
  const { counts, again } = await openCounts();
  counts.add({ ...one, status: 500, waitMs: 700 });
  counts.add({ ...one, slot: 'green' });
  counts.forget(staging, release);
  await counts.close();
  const next = await again();
  next.add({ ...one, slot: 'green' });
  expect((await next.of(staging)).slotCounts).toEqual({
    blue: { [web]: { requests: 1, errors: 1, slowerThan: { '500': 1, '1000': 0 } } },
    green: { [web]: { requests: 2, errors: 0, slowerThan: { '500': 0, '1000': 0 } } },
  });
  await next.close();
});

test('nothing is told of a release that was forgotten', async () => {
  const { counts, requests } = await openCounts();
  counts.add(one);
  await requests();
  counts.forget(staging, release);
  expect(await requests()).toBeUndefined();
});

test('a disk that takes nothing is logged, and counts are told all the same', async () => {
  const { counts, requests, logged } = await openCounts('x'.repeat(250));
  counts.add(one);
  expect(await requests()).toBe(1);
  expect(logged).toContain('the counts cannot be written');
});
