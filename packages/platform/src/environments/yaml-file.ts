import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLError,
} from 'yaml';
import type { Finding } from './finding.ts';

export type Path = readonly (string | number)[];

/** A YAML text with the places of what it says. */
export interface YamlFile {
  readonly file: string;
  readonly text: string;
  readonly content: unknown;
  /** Where the value at the path stands; the nearest thing around it when it is not there. */
  at(path: Path): Place;
  /** Where the key of the path's last part stands. */
  keyAt(path: Path): Place;
}

export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Many more than any description has; a handful of nested anchors can stand for billions of nodes. */
const maxAliases = 200;

/** Reads a YAML text; when it is none, says every reason at its place. */
export const parseYaml = (file: string, text: string): YamlFile | { readonly findings: readonly Finding[] } => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const error = (offset: number, message: string): Finding => ({ severity: 'error', message, ...place(offset) });
  if (document.errors.length > 0)
    return { findings: document.errors.map((one) => error(one.pos[0], syntaxMessage(one, text))) };
  const read = contentOf(document);
  if ('because' in read) return { findings: [error(0, read.because)] };
  const offset = (path: Path, ofKey: boolean) => offsetIn(document, path, ofKey);
  return {
    file,
    text,
    content: read.content,
    at: (path) => place(offset(path, false)),
    keyAt: (path) => place(offset(path, true)),
  };
};

const contentOf = (document: Document): { content: unknown } | { because: string } => {
  try {
    return { content: document.toJS({ maxAliasCount: maxAliases }) };
  } catch (error) {
    if (error instanceof ReferenceError) return { because: `is no valid YAML: ${error.message}` };
    throw error;
  }
};

const syntaxMessage = (error: YAMLError, text: string): string => {
  if (error.code === 'DUPLICATE_KEY') return `the key "${wordAt(text, error.pos[0])}" is there twice: keep one`;
  if (error.code === 'TAB_AS_INDENT') return 'a tab cannot indent: use spaces';
  if (error.code === 'MULTIPLE_DOCS') return 'a second document begins here: a file holds one, so remove the ---';
  return `is no valid YAML: ${error.message}`;
};

const wordAt = (text: string, offset: number): string => /^["']?([^"':\s]*)/.exec(text.slice(offset))?.[1] ?? '';

const offsetIn = (document: Document, path: Path, ofKey: boolean): number => {
  let node = resolved(document, document.contents);
  let offset = startOf(node) ?? 0;
  for (const [index, part] of path.entries()) {
    const found = childOf(node, part);
    if (!found) return offset;
    const isLast = index === path.length - 1;
    offset = startOf(isLast && ofKey ? (found.key ?? found.value) : found.value) ?? startOf(found.key) ?? offset;
    node = resolved(document, found.value);
  }
  return offset;
};

interface Child {
  readonly key: unknown;
  readonly value: unknown;
}

const childOf = (node: unknown, part: string | number): Child | undefined => {
  if (isSeq(node)) return typeof part === 'number' ? { key: undefined, value: node.items[part] } : undefined;
  if (!isMap(node)) return undefined;
  return node.items.find((pair) => isPair(pair) && isScalar(pair.key) && String(pair.key.value) === String(part));
};

const resolved = (document: Document, node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);

const startOf = (node: unknown): number | undefined => {
  // Pairs of a parsed document hold nodes or null, which `isScalar` and its kin do not tell from a plain JavaScript value.
  const range = (node as Node | null | undefined)?.range;
  return range?.[0];
};
