import type { Platform } from '@plumbline/contract/platform';
import type { World } from '../world.ts';
import { readAudit } from './read.ts';
import { verifyAudit } from './verify.ts';

/** The record, and whether it is whole. */
export const auditAnswers = ({ database, home, seal }: World): Pick<Platform, 'audit' | 'auditVerification'> => ({
  audit: ({ since, after, subject, limit }) => readAudit(database, { since, after, subject, limit }),
  auditVerification: async () => {
    await seal();
    return verifyAudit(database, home);
  },
});
