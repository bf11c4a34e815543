import { Failure } from '@plumbline/contract/failure';
import type { Strategy } from '../walk.ts';
import { blueGreen } from './blue-green.ts';
import { canary } from './canary.ts';
import { rolling } from './rolling.ts';

const strategies: Readonly<Record<string, Strategy>> = { rolling, 'blue-green': blueGreen, canary };

/** The strategy of a name. Throws `bad-input` for one that is not there, with those that are. */
export const strategyOf = (name: string): Strategy => {
  const strategy = strategies[name];
  if (!strategy)
    throw new Failure('bad-input', `there is no strategy "${name}"`, {
      hint: `choose one of ${Object.keys(strategies).join(', ')}`,
    });
  return strategy;
};
