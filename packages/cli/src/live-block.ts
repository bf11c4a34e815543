import { stripVTControlCharacters } from 'node:util';
import type { Terminal } from './terminal.ts';

/** A block at the bottom of the screen that is drawn over itself. */
export interface LiveBlock {
  draw(lines: readonly string[]): void;
  /** Leaves what was drawn last where it is; the next drawing begins below. */
  leave(): void;
}

export const createLiveBlock = (terminal: Pick<Terminal, 'stdout' | 'columns' | 'rows'>): LiveBlock => {
  let drawn: readonly string[] = [];
  return {
    draw: (lines) => {
      // A line that wraps would take two rows, and a block higher than the screen could not be drawn over.
      const cut = lines.slice(-(terminal.rows - 1)).map((line) => shortened(line, terminal.columns - 1));
      if (cut.join('\n') === drawn.join('\n')) return;
      terminal.stdout.write(`${drawn.length === 0 ? '' : `\u001b[${drawn.length}A\r\u001b[0J`}${cut.join('\n')}\n`);
      drawn = cut;
    },
    leave: () => {
      drawn = [];
    },
  };
};

/** The line, or its beginning without colours when it is too long. */
const shortened = (line: string, columns: number): string => {
  const plain = [...stripVTControlCharacters(line)];
  return plain.length <= columns ? line : `${plain.slice(0, Math.max(0, columns - 1)).join('')}…`;
};
