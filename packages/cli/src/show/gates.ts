import type { GateAnswer } from '@plumbline/contract/delivery';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { firstLine } from './words.ts';

/** What each gate says now. */
export const gatesText = (gates: readonly GateAnswer[], colour: Terminal['colour']): string => {
  const tones = { open: colour.green, waiting: colour.yellow, closed: colour.red };
  return table(
    ['GATE', 'NOW', 'WHY'],
    gates.map(({ gate, kind, because }) => [gate, tones[kind](kind), firstLine(because)]),
  );
};

/** Why a freeze keeps a delivery waiting; undefined when none does. */
export const frozenBy = (gates: readonly GateAnswer[]): string | undefined =>
  gates.find(({ gate, kind }) => gate === 'freeze' && kind === 'waiting')?.because;
