import type { GateAnswer } from '@plumbline/contract/delivery';
import { approval } from './approval.ts';
import { checks } from './checks.ts';
import { descends } from './descends.ts';
import { freeze } from './freeze.ts';
import type { Gate, GateFacts } from './gate.ts';
import { migrationSafety } from './migration-safety.ts';
import { verifiedBelow } from './verified-below.ts';

/** Every gate, in the order in which they are asked. */
const gates: readonly Gate[] = [checks, verifiedBelow, descends, migrationSafety, approval, freeze];

/** The answers of all gates. */
export const askGates = (facts: GateFacts): readonly GateAnswer[] => gates.map((gate) => gate.ask(facts));
