import { type Initial, type InitialStore, initialStores } from '@plumbline/platform/environments/initial';
import { type ArgsOf, Misuse } from '../command.ts';

export const initArgs = {
  app: { type: 'string', valueHint: 'NAME', description: 'Its name. Default: that of package.json' },
  domain: { type: 'string', valueHint: 'HOST', description: 'Where its users find it' },
  repository: { type: 'string', valueHint: 'OWNER/NAME', description: "At GitHub. Default: git's remote origin" },
  path: { type: 'string', valueHint: 'ENV,ENV', description: 'Environments, from the first to what users see' },
  health: { type: 'string', valueHint: 'PATH', description: 'What answers 2xx when it is ready. Default: /healthz' },
  stores: { type: 'string', valueHint: 'STORE,STORE', description: 'Out of database, cache, documents, or none' },
  accounts: { type: 'string', valueHint: 'ENV=DIGITS,…', description: 'Accounts at AWS by environment' },
  yes: { type: 'boolean', default: false, description: 'Ask nothing: what is not said is guessed' },
} as const;

export type Said = Partial<Initial>;

/** What the options say; what they leave out is not among it. */
export const saidIn = (args: ArgsOf<typeof initArgs>): Said => ({
  ...(args.app !== undefined && { app: args.app }),
  ...(args.domain !== undefined && { domain: args.domain }),
  ...(args.repository !== undefined && { repository: args.repository }),
  ...(args.path !== undefined && { path: wordsOf(args.path) }),
  ...(args.health !== undefined && { health: args.health }),
  ...(args.stores !== undefined && { stores: storesOf(args.stores) }),
  ...(args.accounts !== undefined && { accounts: accountsOf(args.accounts) }),
});

/** `a, b` is a and b. */
export const wordsOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');

const storesOf = (text: string): readonly InitialStore[] =>
  wordsOf(text === 'none' ? '' : text).map((word) => {
    if (Object.hasOwn(initialStores, word)) return word as InitialStore;
    throw new Misuse(`--stores takes ${Object.keys(initialStores).join(', ')} or none, not "${word}"`);
  });

const accountsOf = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    wordsOf(text).map((pair) => {
      const [environment, account] = pair.split('=');
      if (environment && account && /^\d{12}$/.test(account)) return [environment, account];
      throw new Misuse(`--accounts takes pairs like production=123456789012, not "${pair}"`);
    }),
  );
