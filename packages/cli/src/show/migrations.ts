import type { MigrationStatus } from '@plumbline/contract/migration';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { moment } from '../times.ts';

/** Every file with its phase and whether it is applied; then what a person should know, and what they can do. */
export const migrationsText = (status: MigrationStatus, colour: Terminal['colour'], now: number): string => {
  const { environment, release, files, range, refused, notes, contractRefused, actions } = status;
  const rows = files.map(({ name, phase, state, appliedAt }) => [
    name,
    phase ?? '-',
    state === 'applied' ? state : colour.yellow(state),
    appliedAt === null ? '-' : moment(appliedAt, now),
  ]);
  const pending = files.filter(({ state }) => state === 'pending').length;
  const waiting = files.filter(({ state }) => state === 'waits').length;
  const can = (action: 'migrate' | 'contract') => {
    const found = actions.find((one) => one.action === action);
    return found ? `${found.command}${found.allowed ? '' : ` (not now: ${found.because})`}` : '';
  };
  return [
    `${colour.bold(release)} in ${colour.bold(environment)}${rangeWords(range)}`,
    '',
    table(['MIGRATION', 'PHASE', 'STATE', 'APPLIED'], rows),
    '',
    ...(refused === null ? [] : [colour.red(refused)]),
    ...notes.map((note) => colour.yellow(`! ${note}`)),
    pending === 0 ? 'nothing is pending' : `${pending} pending: ${can('migrate')}`,
    ...(waiting === 0 ? [] : [`${waiting} take away and wait: ${contractRefused ?? can('contract')}`]),
  ].join('\n');
};

/** What a release works with beside what it needs, where that is something to know. */
const rangeWords = ({ bears }: MigrationStatus['range']): string =>
  bears.length === 0 ? '' : `; works before and after ${bears.join(', ')}`;
