import { expect, test } from 'vitest';
import { connectionTo } from '../src/database/connection.ts';
import { readSettings } from '../src/settings.ts';

const enough = { DATABASE_URL: 'postgres://localhost/connect2', JWT_SECRET: 'x'.repeat(32) };

test('two variables are enough', () => {
  expect(readSettings(enough)).toMatchObject({
    PORT: 3000,
    DB_POOL_MAX: 10,
    DRAIN_DELAY_MS: 0,
    APP_ENV: 'development',
  });
});

test.each([
  ['a missing database', { DATABASE_URL: undefined }, 'DATABASE_URL is not set'],
  ['an empty database', { DATABASE_URL: '' }, 'DATABASE_URL is not set'],
  ['another database', { DATABASE_URL: 'mysql://localhost/x' }, 'DATABASE_URL is wrong: must be a postgres:// address'],
  ['a short secret', { JWT_SECRET: 'short' }, 'JWT_SECRET is wrong: must have at least 32 characters'],
  ['a short password of the smoke test', { SMOKE_PASSWORD: 'short' }, 'SMOKE_PASSWORD is wrong: must have at least'],
  ['a port that is none', { PORT: 'http' }, 'PORT is wrong: must be a port number'],
  ['another cache', { REDIS_URL: 'http://x' }, 'REDIS_URL is wrong: must be a redis:// or rediss:// address'],
  ['an unknown level', { LOG_LEVEL: 'loud' }, 'LOG_LEVEL is wrong'],
])('%s is named, and its value is not told', (_what, change, message) => {
  expect(() => readSettings({ ...enough, ...change })).toThrow(message);
  expect(() => readSettings({ ...enough, ...change })).not.toThrow('short ');
});

test('an empty variable is one that is not set', () => {
  expect(readSettings({ ...enough, REDIS_URL: '', PORT: '' })).toMatchObject({ PORT: 3000 });
});

test.each([
  ['no word of it', '', false],
  ['disable', '?sslmode=disable', false],
  ['require', '?sslmode=require', { rejectUnauthorized: true }],
  ['verify-full', '?sslmode=verify-full', { rejectUnauthorized: true }],
])('TLS of the database: %s', (_what, parameters, ssl) => {
  expect(connectionTo(`postgres://db.example/x${parameters}`)).toMatchObject({
    ssl,
    connectionString: 'postgres://db.example/x',
  });
});

test('an authority’s certificate is read from its file', () => {
  const { ssl } = connectionTo(`postgres://db.example/x?sslmode=verify-full&sslrootcert=${import.meta.filename}`);
  expect(ssl).toMatchObject({ rejectUnauthorized: true, ca: expect.stringContaining('an authority’s certificate') });
});

test('a way of TLS that verifies nothing is refused', () => {
  expect(() => connectionTo('postgres://db.example/x?sslmode=prefer')).toThrow(
    'DATABASE_URL is wrong: sslmode is one of',
  );
});
