import { type AuditRecord, auditRecord } from '@plumbline/contract/audit';
import { z } from 'zod';
import type { Queries } from '../kernel/database.ts';
import type { ChainedRecord } from './chain.ts';

export interface AuditQuestion {
  /** Epoch milliseconds: what was recorded then or later. */
  readonly since?: number | undefined;
  /** A record's number: what follows it. */
  readonly after?: number | undefined;
  readonly subject?: string | undefined;
  readonly limit: number;
}

const columns = 'seq, at, who, what, subject, why, detail, previous_hash as "previousHash", hash';

/** In the order of the chain: the first ones after a number, else the last ones. */
export const readAudit = async (database: Queries, question: AuditQuestion): Promise<AuditRecord[]> => {
  const { since = null, after = null, subject = null, limit } = question;
  const direction = after === null ? 'desc' : 'asc';
  const found = await database.query(
    `select ${columns} from plumbline.audit
     where ($1::double precision is null or at >= $1) and ($2::bigint is null or seq > $2) and ($3::text is null or subject = $3)
     order by seq ${direction} limit $4`,
    [since, after, subject, limit],
    auditRecord,
  );
  return after === null ? found.toReversed() : found;
};

/** How many records there are, and the last one's hash. */
export const auditHead = async (
  database: Queries,
): Promise<{ readonly seq: number; readonly hash: string } | undefined> => {
  const [last] = await database.query(
    'select seq, hash from plumbline.audit order by seq desc limit 1',
    [],
    z.object({ seq: z.int(), hash: z.string() }),
  );
  return last;
};

const chained = auditRecord.extend({ key: z.string(), place: z.string() });

/** All records by their number, read page by page, each under its place in the table: a number may stand there twice. */
export async function* everyRecord(database: Queries, pageSize = 1_000): AsyncGenerator<ChainedRecord> {
  let last = { seq: Number.MIN_SAFE_INTEGER, place: '(0,0)' };
  for (;;) {
    const page = await database.query(
      `select ${columns}, key, ctid::text as place from plumbline.audit
       where (seq, ctid) > ($1, $2::tid) order by seq, ctid limit $3`,
      [last.seq, last.place, pageSize],
      chained,
    );
    yield* page;
    const end = page.at(-1);
    if (end === undefined) return;
    last = end;
  }
}
