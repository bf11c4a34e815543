import type { Block } from './hcl.ts';

const inputs = '## Inputs';

/** The README with its tables written anew from the module's blocks; what stands above them is a person's and stays. */
export const withTables = (readme: string, blocks: readonly Block[]): string => {
  const above = readme.split(`\n${inputs}`)[0] ?? '';
  return `${above.trimEnd()}\n\n${tablesOf(blocks)}`;
};

const tablesOf = (blocks: readonly Block[]): string => {
  const resources = blocks.filter(({ kind }) => kind === 'resource').map(({ type, name }) => `- \`${type}.${name}\``);
  const called = blocks.filter(({ kind }) => kind === 'module').map(({ name }) => `- \`module.${name}\``);
  return [
    inputs,
    table(['name', 'what', 'type', 'default'], of('variable', blocks).map(inputRow)),
    '## Outputs',
    table(
      ['name', 'what'],
      of('output', blocks).map(({ name, body }) => [`\`${name}\``, text(body.description)]),
    ),
    '## What it makes',
    [...resources, ...called].join('\n'),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
};

const of = (kind: Block['kind'], blocks: readonly Block[]): readonly Block[] =>
  blocks.filter((block) => block.kind === kind);

const inputRow = ({ name, body }: Block): readonly string[] => [
  `\`${name}\``,
  text(body.description),
  `\`${bare(text(body.type)).replace(/\s+/g, ' ')}\``,
  'default' in body ? `\`${defaultText(body.default)}\`` : 'required',
];

const bare = (expression: string): string => expression.replace(/^\$\{|\}$/g, '');

const defaultText = (value: unknown): string => (value === null ? 'null' : JSON.stringify(value));

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const table = (headings: readonly string[], rows: readonly (readonly string[])[]): string =>
  rows.length === 0 ? 'None.' : [headings, headings.map(() => '---'), ...rows].map(line).join('\n');

const line = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
