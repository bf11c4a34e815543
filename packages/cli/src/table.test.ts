import { expect, test } from 'vitest';
import { table } from './table.ts';

test('columns are aligned by what is seen, whatever the colours', () => {
  const rows = [
    ['\u001b[32mok\u001b[39m', 'short'],
    ['failed', 'ü'],
  ];
  expect(table(['STATE', 'WHY'], rows)).toBe('STATE   WHY\n\u001b[32mok\u001b[39m      short\nfailed  ü');
});
