import { openDatabase } from '../../kernel/database.ts';
import { keepSending } from '../sender.ts';
import { bookWith } from './address-book.ts';

/** A sender to be killed: `sender-process.js DATABASE RECEIVER`. */
const [url = '', receiver = ''] = process.argv.slice(2);
await keepSending({
  ...bookWith('  - { kind: slack, url: secret://slack }', { slack: receiver }),
  database: openDatabase(url),
  instance: 'killed',
  guard: async () => undefined,
  signal: new AbortController().signal,
  everyMs: 50,
  withinMs: 500,
  claimMs: 1_500,
});
