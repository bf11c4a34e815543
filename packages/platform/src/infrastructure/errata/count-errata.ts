import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { accountOf } from './account.ts';
import { errataOfTestsIn } from './guarding-tests.ts';
import { errataPage, pageFile } from './page.ts';
import { readRegister, registerFile } from './register.ts';

const usage = `npm run errata               counts the errata by what guards against them; exit code 1 when one is not accounted for
npm run errata -- --json     the same as one object
npm run errata -- --write    writes ${pageFile} from ${registerFile}
`;

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, write: { type: 'boolean' }, help: { type: 'boolean' } },
});
const root = new URL('../../../../../', import.meta.url);
const inRoot = (path: string): string => fileURLToPath(new URL(path, root));

const count = async (): Promise<void> => {
  const register = await readRegister(new URL(registerFile, root));
  const page = errataPage(register);
  if (values.write) await writeFile(inRoot(pageFile), page);
  const account = accountOf(register, {
    testsIn: (path) => errataOfTestsIn(inRoot(path)),
    isThere: (path) => existsSync(inRoot(path)),
  });
  const isOld = !existsSync(inRoot(pageFile)) || (await readFile(inRoot(pageFile), 'utf8')) !== page;
  const wrong = [
    ...account.wrong,
    ...(isOld ? [`${pageFile} is not what ${registerFile} says: npm run errata -- --write`] : []),
  ];
  if (wrong.length > 0) process.exitCode = 1;
  if (values.json) return void process.stdout.write(`${JSON.stringify({ ...account, wrong })}\n`);
  process.stdout.write(
    `${account.errata} errata: ${account.byTest} guarded by a test, ${account.byDesign} by design, ${account.notApplicable} not applicable, ${account.notBuiltYet} belong to what is not built yet; ${account.wrong.length} things wrong\n`,
  );
  for (const one of register) {
    if ('design' in one) process.stdout.write(`  ${one.id} by design: ${one.design.join(', ')}\n`);
    if ('not_applicable' in one) process.stdout.write(`  ${one.id} does not apply: ${one.not_applicable}\n`);
  }
  const later = register.flatMap((one) => ('later' in one ? [one.id] : []));
  process.stdout.write(`  not built yet, of chapters 9, 10 and 12: ${later.join(', ')}\n`);
  for (const sentence of wrong) process.stderr.write(`${sentence}\n`);
};

if (values.help) process.stdout.write(usage);
else await count();
