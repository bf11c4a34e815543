import { z } from 'zod';
import type { Api } from '../http/api.ts';

export const versionAnswer = z.object({
  version: z.string(),
  commit: z.string().nullable(),
  release: z.string().nullable(),
  stamp: z.string().nullable(),
});

export type Version = z.infer<typeof versionAnswer>;

export function versionRoutes(api: Api, version: Version): void {
  api.get('/api/version', {
    schema: { summary: 'Which version and release this is', response: { 200: versionAnswer } },
    handler: async () => version,
  });
}
