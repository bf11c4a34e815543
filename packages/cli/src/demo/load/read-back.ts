import { createHash } from 'node:crypto';
import { request } from 'undici';
import { z } from 'zod';
import type { Write } from './tally.ts';

export interface ReadBack {
  readonly acknowledged: number;
  readonly lost: number;
  readonly duplicated: number;
}

const loans = z.object({ loans: z.array(z.object({ id: z.string(), amountCents: z.number() })) });

/** Reads every acknowledged write back: each must be there, as it was written, and once. */
export const readBack = async (
  origin: string,
  token: string,
  projects: readonly string[],
  writes: readonly Write[],
): Promise<ReadBack> => {
  const ask = async (path: string) => {
    const { statusCode, body } = await request(`${origin}${path}`, { headers: { authorization: `Bearer ${token}` } });
    if (statusCode !== 200) throw new Error(`reading back: GET ${path} answered ${statusCode}: ${await body.text()}`);
    return body;
  };
  const found = new Map<number, string[]>();
  for (const project of projects) {
    const page = loans.parse(await (await ask(`/api/projects/${project}/loans`)).json());
    for (const { id, amountCents } of page.loans) found.set(amountCents, [...(found.get(amountCents) ?? []), id]);
  }
  let lost = 0;
  for (const write of writes) {
    if (write.kind === 'loan' && !found.get(write.amountCents)?.includes(write.id)) lost += 1;
    if (write.kind === 'document' && (await sha256Of(await ask(`/api/documents/${write.id}/content`))) !== write.sha256)
      lost += 1;
  }
  const duplicated = [...found.values()].reduce((sum, ids) => sum + ids.length - 1, 0);
  return { acknowledged: writes.length, lost, duplicated };
};

const sha256Of = async (body: AsyncIterable<Buffer>): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of body) hash.update(chunk);
  return hash.digest('hex');
};
