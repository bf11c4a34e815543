#!/usr/bin/env node
// npm links no bin that is missing when it installs, so this launcher is committed and the program behind it is built.
import { existsSync } from 'node:fs';

const program = new URL('../dist/main.js', import.meta.url);
if (!existsSync(program)) {
  process.stderr.write('plumb is not built yet: run "npm run build" in its folder.\n');
  process.exit(1);
}
const { main } = await import(program.href);
process.exitCode = await main(process.argv.slice(2));
