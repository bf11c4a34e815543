import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createLiveBlock } from './live-block.ts';

const screenOf = (columns: number, rows: number) => {
  const written: string[] = [];
  const stdout = new Writable({
    write: (chunk, _encoding, done) => {
      written.push(String(chunk));
      done();
    },
  });
  return { written, block: createLiveBlock({ stdout, columns, rows }) };
};

test('a block is drawn over the one before, and not at all when nothing changed', () => {
  const { written, block } = screenOf(80, 24);
  block.draw(['one', 'two']);
  block.draw(['one', 'two']);
  block.draw(['three']);
  expect(written).toEqual(['one\ntwo\n', '\u001b[2A\r\u001b[0Jthree\n']);
});

test('a line that would wrap and lines that would scroll are cut', () => {
  const { written, block } = screenOf(10, 3);
  block.draw(['gone', 'a line that is long', 'end']);
  expect(written).toEqual(['a line t…\nend\n']);
});
