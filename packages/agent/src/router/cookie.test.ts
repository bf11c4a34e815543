import { expect, test } from 'vitest';
import { readCookie } from './cookie.ts';

test.each([
  ['plumbline-visitor=a.b.1', 'a.b.1'],
  ['x=1; plumbline-visitor=a.b.1; y=2', 'a.b.1'],
  ['x=1;plumbline-visitor=a.b.1', 'a.b.1'],
  ['not-plumbline-visitor=no; plumbline-visitor=a.b.1', 'a.b.1'],
  ['plumbline-visitor=first; plumbline-visitor=second', 'first'],
  ['plumbline-visitors=no', null],
  ['x=plumbline-visitor', null],
  ['', null],
  [undefined, null],
])('the cookie plumbline-visitor of %j is %j', (header, value) => {
  expect(readCookie(header, 'plumbline-visitor')).toBe(value);
});
