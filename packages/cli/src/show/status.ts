import type { EnvironmentStatus, Status } from '@plumbline/contract/status';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { clock, duration, moment } from '../times.ts';
import { toned } from './state.ts';
import { firstLine } from './words.ts';

type Colour = Terminal['colour'];

/** The whole system on one screen. */
export const statusText = (status: Status, now: number, colour: Colour): string =>
  [
    `${colour.bold(status.app)} in ${status.folder}, Plumbline ${status.version}, up for ${duration(now - status.controlPlane.startedAt)}`,
    '',
    environmentTable(status.environments, now, colour),
    ...paragraph(addressLines(status)),
    ...paragraph(frozenLines(status, now, colour)),
    ...paragraph(waitingLines(status, now, colour)),
    ...paragraph(logInLines(status)),
    ...paragraph(status.notes.map((note) => colour.dim(note))),
  ].join('\n');

/** Where visitors reach each environment: by name, and by a plain port for programs that cannot resolve it. */
export const addressLines = ({ environments }: Status): string[] =>
  environments.flatMap(({ name, live, addresses }) =>
    addresses && live ? [`${name.padEnd(12)} ${addresses.name}  or  ${addresses.plain}`] : [],
  );

export const waitingLines = ({ waiting }: Status, now: number, colour: Colour): string[] =>
  waiting.map(
    ({ what, since, forWhom, command }) =>
      `${colour.yellow('waits')} ${what}, for ${forWhom}, since ${moment(since, now)}: ${colour.bold(command)}`,
  );

/** What is frozen, until when, why and by whom. */
export const frozenLines = ({ environments }: Status, now: number, colour: Colour): string[] =>
  environments.flatMap(({ name, frozen }) => {
    if (frozen === null) return [];
    const end = frozen.opensAt === null ? 'with no end in sight' : `until ${clock(frozen.opensAt, now)}`;
    return frozen.freezes.map(
      ({ name: freeze, reason, by }) => `${colour.yellow('frozen')} ${name}, ${end}: ${reason} (${freeze}, by ${by})`,
    );
  });

export const logInLines = ({ logIns }: Status): string[] =>
  logIns.map(({ user, password }) => `log in as ${user} with ${password}`);

const environmentTable = (environments: readonly EnvironmentStatus[], now: number, colour: Colour): string =>
  table(
    ['ENVIRONMENT', 'LIVE', 'COMMIT', 'SINCE', 'HEALTH', 'REPLICAS', 'MOVES'],
    environments.map((one) => [
      one.name,
      [one.live ?? '-', ...one.marks].join(' '),
      one.commit?.slice(0, 7) ?? '-',
      one.liveSince === null ? '-' : moment(one.liveSince, now),
      toned(one.health, one.health, colour) + (one.because === null ? '' : `: ${firstLine(one.because)}`),
      one.replicas.map(({ service, ready, wanted }) => `${service} ${ready}/${wanted}`).join(', ') || '-',
      movement(one),
    ]),
  );

const movement = ({ delivery, queued }: EnvironmentStatus): string => {
  const moving = delivery ? `${delivery.id} ${delivery.state}` : '-';
  return queued ? `${moving}, then ${queued.id}` : moving;
};

const paragraph = (lines: readonly string[]): string[] => (lines.length === 0 ? [] : ['', ...lines]);
