/**
 * What a statement means for one who may have to do it again. session: it sets the session, and is done each time. reads: it
 * changes nothing. begins, ends: of a transaction that the file opens by itself. alone: it cannot run in a transaction. changes:
 * all others.
 */
export type StatementKind = 'session' | 'reads' | 'begins' | 'ends' | 'alone' | 'changes';

const kinds: readonly (readonly [StatementKind, RegExp])[] = [
  ['begins', /^(begin|start transaction)\b/],
  ['ends', /^(commit|rollback|end|abort)\b(?! to )/],
  ['session', /^(set|reset|discard|listen|unlisten|deallocate|prepare|savepoint|release|rollback to|lock)\b/],
  ['alone', /^(create (unique )?index|drop index|reindex( \(.*?\))?( \w+)?) concurrently\b/],
  [
    'alone',
    /^(reindex (database|system|schema)|vacuum|cluster$|call|alter system|(create|drop) (database|tablespace|subscription))\b/,
  ],
  ['alone', /^alter table .* detach partition .* (concurrently|finalize)$/],
  ['changes', /^with\b.*\b(insert into|update|delete from|merge into)\b/],
  ['reads', /^(select|show|explain|values|table|with|fetch)\b/],
];

/** Pure. A select that calls a function which writes is taken for one that reads: no text tells. */
export const statementKind = (sql: string): StatementKind => {
  const text = plain(sql);
  return kinds.find(([, pattern]) => pattern.test(text))?.[0] ?? 'changes';
};

/** In lower case, without comments, line breaks and the last semicolon. */
const plain = (sql: string): string =>
  sql
    .replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^\(+|[\s;]+$/g, '')
    .trim()
    .toLowerCase();

const identifier = '(?:"(?:[^"]|"")+"|[\\w$]+)';
const qualified = `${identifier}(?:\\.${identifier})?`;
const creates = new RegExp(
  `^\\s*create\\s+(?:unique\\s+)?index\\s+concurrently\\s+(?:if\\s+not\\s+exists\\s+)?(?:(?!on\\b)(${qualified})\\s+)?on\\s+(?:only\\s+)?(${qualified})`,
  'i',
);
const drops = new RegExp(
  `^\\s*drop\\s+index\\s+concurrently\\s+(?:if\\s+exists\\s+)?(${qualified})(?:\\s+(?:cascade|restrict))?\\s*;?\\s*$`,
  'i',
);

/** The index that a statement builds or drops concurrently, as it is written there; null for other statements. */
export const concurrentIndex = (
  sql: string,
):
  | { readonly act: 'create'; readonly name: string | null; readonly table: string }
  | { readonly act: 'drop'; readonly name: string }
  | null => {
  const text = sql.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' ');
  const created = creates.exec(text);
  if (created?.[2] !== undefined) return { act: 'create', name: created[1] ?? null, table: created[2] };
  const dropped = drops.exec(text);
  return dropped?.[1] === undefined ? null : { act: 'drop', name: dropped[1] };
};
