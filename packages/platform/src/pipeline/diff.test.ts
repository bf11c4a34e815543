import { expect, test } from 'vitest';
import { loadDescription } from '../environments/read.ts';
import { type GitApp, gitApp } from '../testing/git-app.ts';
import { diffReleases } from './diff.ts';
import { buildRelease } from './release.ts';
import { readCheckout } from './source.ts';
import { filesOfSnapshot, takeSnapshot } from './source-snapshot.ts';

const description = (level: string, smoke: string): string => `app: tiny
path: [production]
services:
  web: { directory: web, start: [./run], health: /up, route: /, needs: [database], variables: { LEVEL: ${level} } }
stores: { database: { kind: postgres } }
migrations: { service: web, kind: knex, directory: migrations }
smoke: [${smoke}]
`;

const releaseOf = async (app: GitApp) => {
  const { commit, branch, subject } = await readCheckout(app.folder);
  const snapshot = await takeSnapshot({ folder: app.folder, home: app.home, commit, dirty: false, key: 'c-1' });
  const { description } = await loadDescription(filesOfSnapshot(snapshot));
  const { built: _, ...made } = await buildRelease({
    snapshot,
    home: app.home,
    description,
    stamp: null,
    checks: [],
    dirty: false,
  });
  const rest = { commit, branch, subject, builtAt: 0, builtBy: 'x', verifiedIn: [], liveIn: [] };
  return { ...made, ...rest, marks: [...made.marks], checks: [...made.checks] };
};

test('two releases differ in what was changed, and in nothing else', async () => {
  const app = await gitApp({
    'plumbline.yaml': description('info', '{ get: /up }'),
    'web/run': '#!/bin/sh\n',
    'web/migrations/1.js': '1',
  });
  try {
    const older = await releaseOf(app);
    await app.write({ 'plumbline.yaml': description('debug', ''), 'web/migrations/2.js': '2' });
    await app.commit();
    const newer = await releaseOf(app);
    expect(diffReleases(older, older)).toEqual([]);
    expect(diffReleases(older, newer)).toEqual([
      { what: 'web artefact', before: expect.stringMatching(/^sha256:/), after: expect.stringMatching(/^sha256:/) },
      { what: 'web variable LEVEL', before: 'info', after: 'debug' },
      { what: 'smoke step 1', before: 'GET /up → 200', after: null },
      { what: 'migration 2.js', before: null, after: expect.stringMatching(/^sha256:/) },
    ]);
  } finally {
    await app.remove();
  }
});
