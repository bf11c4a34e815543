import { migrateDown, migrateToLatest, migrationStatus } from './database/migrations.ts';
import { readDatabaseUrl } from './settings.ts';

const commands = { latest, status, down };

try {
  const command = process.argv[2] ?? '';
  if (!isCommand(command)) throw new Error(`usage: node dist/migrate.js ${Object.keys(commands).join('|')}`);
  await commands[command](readDatabaseUrl(process.env));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

async function latest(databaseUrl: string): Promise<void> {
  const names = await migrateToLatest(databaseUrl);
  print(names.length > 0 ? names.map((name) => `applied ${name}`) : ['nothing to apply']);
}

async function status(databaseUrl: string): Promise<void> {
  const { applied, pending } = await migrationStatus(databaseUrl);
  print([...applied.map((name) => `applied ${name}`), ...pending.map((name) => `pending ${name}`)]);
  if (pending.length > 0) process.exitCode = 1;
}

async function down(databaseUrl: string): Promise<void> {
  const names = await migrateDown(databaseUrl);
  print(names.length > 0 ? names.map((name) => `undone ${name}`) : ['nothing to undo']);
}

function isCommand(name: string): name is keyof typeof commands {
  return Object.hasOwn(commands, name);
}

function print(lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}
