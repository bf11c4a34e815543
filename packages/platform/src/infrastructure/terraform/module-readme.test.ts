import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { blocksIn, blocksOf } from './hcl.ts';
import { withTables } from './module-readme.ts';
import { moduleFolders } from './modules.ts';

test('every module says what it is, and its tables are those of the code: `write-module-readmes.js` writes them', async () => {
  const folders = await moduleFolders();
  expect(folders.length).toBeGreaterThanOrEqual(16);
  for (const folder of folders) {
    const readme = await readFile(join(folder, 'README.md'), 'utf8');
    expect(readme, folder).toMatch(new RegExp(`^# ${basename(folder)}\n\n\\S.{30,}`));
    expect(readme, folder).toBe(withTables(readme, await blocksIn(folder)));
  }
});

test('every variable and output of every module is described', async () => {
  for (const folder of await moduleFolders())
    for (const { kind, name, body } of await blocksIn(folder))
      if (kind === 'variable' || kind === 'output')
        expect(body.description, `${basename(folder)} ${name}`).toMatch(/\S.+\.$/);
});

const module = `
variable "days" {
  description = "Days | nights."
  type        = number
  default     = 7
}
output "arn" {
  description = "What it is."
  value       = aws_vpc.main.arn
}
resource "aws_vpc" "main" {}
`;

test('tables hold what is asked for, what comes out and what is made; words above them stay', async () => {
  const blocks = await blocksOf(module, 'main.tf');
  const readme = withTables('# kept\n\nBy hand.\n\n## Inputs\n\nold\n', blocks);
  expect(readme).toBe(`# kept

By hand.

## Inputs

| name | what | type | default |
| --- | --- | --- | --- |
| \`days\` | Days \\| nights. | \`number\` | \`7\` |

## Outputs

| name | what |
| --- | --- |
| \`arn\` | What it is. |

## What it makes

- \`aws_vpc.main\`
`);
  expect(withTables(readme, blocks)).toBe(readme);
});
