import type { RoutingTable } from './table.ts';

export const visitorCookie = 'plumbline-visitor';

export interface SlotChoice {
  readonly slot: 'stable' | 'candidate';
  /** The value of a `set-cookie` header, when the visitor is to remember something new. */
  readonly setCookie?: string;
}

/**
 * Which slot a visitor gets. The cookie says `<rollout>.<release>.<draw>`: the draw, from 0 to 100, is the weight above
 * which the visitor belongs to the candidate. It is drawn once a rollout, so one who is still with stable at weight a goes
 * over at weight b with chance (b−a)/(1−a), and all requests of one page that come at once agree on it. The release keeps
 * a visitor with the candidate when its weight falls, as it does while it lacks capacity; only weight 0 sends them back.
 */
export const chooseSlot = (table: RoutingTable, pin: string | null, random: () => number): SlotChoice => {
  const { stable, candidate, candidateWeightPercent: weight } = table;
  if (candidate === null || weight <= 0) return { slot: 'stable' };
  if (stable === null) return { slot: 'candidate' };
  const known = pin === null ? null : parsePin(table.rollout, pin);
  if (known?.release === candidate.release) return { slot: 'candidate' };
  const pinnedToStable = known?.release === stable.release;
  const draw = known !== null && pinnedToStable ? known.drawPercent : drawPercent(random);
  if (draw < weight) return { slot: 'candidate', setCookie: writePin(table.rollout, candidate.release, draw) };
  return pinnedToStable
    ? { slot: 'stable' }
    : { slot: 'stable', setCookie: writePin(table.rollout, stable.release, draw) };
};

/** The visitor's pin out of a `cookie` header. */
export const readPin = (header: string | undefined): string | null => {
  if (header === undefined) return null;
  for (let at = header.indexOf(visitorCookie); at !== -1; at = header.indexOf(visitorCookie, at + 1)) {
    const value = at + visitorCookie.length + 1;
    const startsName = at === 0 || header[at - 1] === ' ' || header[at - 1] === ';';
    if (!startsName || header[value - 1] !== '=') continue;
    const end = header.indexOf(';', value);
    return header.slice(value, end === -1 ? undefined : end).trim();
  }
  return null;
};

const drawPercent = (random: () => number): number => Math.floor(random() * 1e6) / 1e4;

/** A rollout's name may hold what a cookie may not. */
const cookieSafe = (rollout: string): string => encodeURIComponent(rollout);

const writePin = (rollout: string, release: string, draw: number): string =>
  `${visitorCookie}=${cookieSafe(rollout)}.${release}.${draw}; Path=/; HttpOnly; SameSite=Lax`;

const parsePin = (rollout: string, pin: string): { readonly release: string; readonly drawPercent: number } | null => {
  const scope = `${cookieSafe(rollout)}.`;
  if (!pin.startsWith(scope)) return null;
  const rest = /^([^.]+)\.(\d{1,3}(?:\.\d{1,4})?)$/.exec(pin.slice(scope.length));
  const release = rest?.[1];
  const draw = Number(rest?.[2]);
  return release === undefined || !(draw <= 100) ? null : { release, drawPercent: draw };
};
