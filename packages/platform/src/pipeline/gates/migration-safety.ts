import { type MigrationFinding, refusing } from '@plumbline/contract/migration-check';
import { closed, type Gate, open } from './gate.ts';

/**
 * No migration breaks or blocks the release that runs. The first environment of the path goes on and says what is wrong, so
 * that it can be seen; every other refuses.
 */
export const migrationSafety: Gate = {
  name: 'migration safety',
  ask: ({ migrations, below, environment }) => {
    if (migrations === null) return open('migration safety', 'no migration meets a release that runs');
    const refused = refusing(migrations);
    const accepted = migrations.findings.filter((finding) => finding.accepted !== null);
    const besides = accepted.length === 0 ? '' : `; accepted: ${accepted.map(acceptedWords).join('; ')}`;
    if (refused.length === 0) return open('migration safety', `${migrations.files.length} tried in a shadow${besides}`);
    const because = `${refused.map(words).join('; ')}${besides}`;
    return below === null
      ? open('migration safety', `${environment} goes on, and the next will refuse: ${because}`)
      : closed('migration safety', because);
  },
};

const words = ({ file, line, id, message }: MigrationFinding): string =>
  `${file}${line === null ? '' : `:${line}`} ${id}: ${message}`;
const acceptedWords = ({ file, id, accepted }: MigrationFinding): string => `${id} in ${file}, since ${accepted}`;
