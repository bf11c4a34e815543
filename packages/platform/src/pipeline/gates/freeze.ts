import { type Gate, type GateFacts, open, waiting } from './gate.ts';

type Asked = Pick<GateFacts, 'kind' | 'environment' | 'frozen' | 'emergency' | 'reason' | 'askedBy'>;

/**
 * Nothing begins while the environment is frozen, nor goes on where this is asked again before each step. Going back is
 * what a freeze must never keep anybody from.
 */
export const freeze = {
  name: 'freeze',
  ask: ({ kind, environment, frozen, emergency, reason, askedBy }: Asked) => {
    if (frozen === null) return open('freeze', `${environment} is not frozen`);
    if (kind === 'roll-back') return open('freeze', `going back is always allowed, although ${frozen.because}`);
    if (emergency)
      return open('freeze', `${askedBy} passes it as an emergency, because: ${reason}, although ${frozen.because}`);
    return waiting('freeze', frozen.because);
  },
} satisfies Gate;
