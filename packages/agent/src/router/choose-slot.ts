import { type Slot, slots } from '@plumbline/contract/shape';
import type { RoutingTable } from './table.ts';

export const visitorCookie = 'plumbline-visitor';

export interface SlotChoice {
  readonly slot: 'stable' | 'candidate';
  /** The value of a `set-cookie` header, when the visitor is to remember something new. */
  readonly setCookie?: string;
}

/** What is known of who sent a request. */
export interface Visitor {
  /** The value of the cookie that an earlier answer set. */
  readonly pin: string | null;
  /** Whether the request carries what the table's cohort goes by. */
  readonly isOfCohort: boolean;
}

/**
 * Which slot a visitor gets. The cookie says `<rollout>.<slot>.<draw>`: the draw, from 0 to 100, is the weight above which
 * the visitor belongs to the candidate. It is drawn once a rollout, so one who is still with stable at weight a goes over
 * at weight b with chance (b−a)/(1−a), and all requests of one page that come at once agree on it. The slot, which holds
 * one release for the length of a rollout, keeps a visitor with the candidate when its weight falls, as it does while it
 * lacks capacity; only weight 0 sends them back. (Not the release: both slots may hold the same, with other settings.)
 *
 * One of the cohort has the word `cohort` for a draw, which holds at weight 0 too, since what follows a page does not
 * always carry the header by which the page was asked for; it holds only as long as the table has a cohort.
 */
export const chooseSlot = (table: RoutingTable, visitor: Visitor, random: () => number): SlotChoice => {
  const { stable, candidate, candidateWeightPercent: weight } = table;
  if (candidate === null || (weight <= 0 && table.cohort === null)) return { slot: 'stable' };
  const known = visitor.pin === null ? null : parsePin(table.rollout, visitor.pin);
  const isWithCandidate = known?.slot === candidate.slot;
  if (table.cohort !== null && isWithCandidate && known.draw === 'cohort') return { slot: 'candidate' };
  if (table.cohort !== null && visitor.isOfCohort) {
    return { slot: 'candidate', setCookie: writePin(table.rollout, candidate.slot, 'cohort') };
  }
  if (weight <= 0) return { slot: 'stable' };
  if (stable === null || isWithCandidate) return { slot: 'candidate' };
  const drawn = typeof known?.draw === 'number' ? known.draw : null;
  const draw = drawn ?? drawPercent(random);
  if (draw < weight) return { slot: 'candidate', setCookie: writePin(table.rollout, candidate.slot, draw) };
  return drawn === null
    ? { slot: 'stable', setCookie: writePin(table.rollout, stable.slot, draw) }
    : { slot: 'stable' };
};

const drawPercent = (random: () => number): number => Math.floor(random() * 1e6) / 1e4;

interface Pin {
  readonly slot: Slot;
  /** In percent. */
  readonly draw: number | 'cohort';
}

/** A rollout's name may hold what a cookie may not. */
const cookieSafe = (rollout: string): string => encodeURIComponent(rollout);

const writePin = (rollout: string, slot: Slot, draw: Pin['draw']): string =>
  `${visitorCookie}=${cookieSafe(rollout)}.${slot}.${draw}; Path=/; HttpOnly; SameSite=Lax`;

const parsePin = (rollout: string, pin: string): Pin | null => {
  const scope = `${cookieSafe(rollout)}.`;
  if (!pin.startsWith(scope)) return null;
  const rest = /^(blue|green)\.(cohort|\d{1,3}(?:\.\d{1,4})?)$/.exec(pin.slice(scope.length));
  const slot = slots.find((one) => one === rest?.[1]);
  if (slot === undefined) return null;
  const draw = rest?.[2] === 'cohort' ? 'cohort' : Number(rest?.[2]);
  return draw === 'cohort' || draw <= 100 ? { slot, draw } : null;
};
