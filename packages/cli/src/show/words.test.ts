import { expect, test } from 'vitest';
import { firstLine, plainWords } from './words.ts';

test('words of a program neither colour nor move anything', () => {
  expect(plainWords('\u001b[31mred\u001b[39m\u001b[2Jgone\r\u0007\n\tkept\n')).toBe('redgone\n\tkept');
});

test('a long reason is its first line, marked as cut', () => {
  expect(firstLine('npm ended with 1\nmore')).toBe('npm ended with 1 …');
  expect(firstLine('npm ended with 1\n')).toBe('npm ended with 1');
});
