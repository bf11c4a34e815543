import { execa } from 'execa';
import type { Examination, Finding } from './examine.ts';

const answerWithinMs = 10_000;

export const node: Examination = async () => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isEnough = major > 20 || (major === 20 && minor >= 19);
  return {
    what: 'node',
    verdict: isEnough ? 'ok' : 'bad',
    found: process.versions.node,
    mend: isEnough ? null : 'install Node 20.19 or newer: https://nodejs.org',
  };
};

export const npm: Examination = async () => {
  const version = await versionOf('npm', ['--version']);
  if (version === null) return bad('npm', 'not found', 'install npm: services are built with it');
  return { what: 'npm', verdict: 'ok', found: version, mend: null };
};

export const git: Examination = async ({ place }) => {
  const version = await versionOf('git', ['--version']);
  if (version === null) return bad('git', 'not found', 'install git: releases are built from commits');
  const inside = await execa('git', ['-C', place.directory, 'rev-parse', '--is-inside-work-tree'], { reject: false });
  if (inside.exitCode === 0) return { what: 'git', verdict: 'ok', found: version, mend: null };
  return bad('git', `${version}; ${place.directory} is not in a repository`, 'run git init and commit the app');
};

export const redis: Examination = async () =>
  optional('redis-server', ['--version'], 'the cache is off', 'install redis-server to try the app with its cache');

export const psql: Examination = async () =>
  optional('psql', ['--version'], 'plumb psql runs single statements only', 'install the PostgreSQL client');

export const browser: Examination = async () => {
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    const version = await versionOf(name, ['--version']);
    if (version !== null) return { what: 'chromium', verdict: 'ok', found: version, mend: null };
  }
  return {
    what: 'chromium',
    verdict: 'warn',
    found: 'not found: browser tests take the one that npm brings, where it runs',
    mend: 'install chromium if the browser tests of staging fail to start one',
  };
};

const optional = async (name: string, args: string[], without: string, mend: string): Promise<Finding> => {
  const version = await versionOf(name, args);
  if (version === null) return { what: name, verdict: 'warn', found: `not found: ${without}`, mend };
  return { what: name, verdict: 'ok', found: version, mend: null };
};

/** The first line that a program says of its version; null when there is no such program or it does not work. */
const versionOf = async (program: string, args: string[]): Promise<string | null> => {
  const result = await execa(program, args, { reject: false, timeout: answerWithinMs });
  return result.exitCode === 0 ? (result.stdout.split('\n', 1)[0] ?? '') : null;
};

const bad = (what: string, found: string, mend: string): Finding => ({ what, verdict: 'bad', found, mend });
