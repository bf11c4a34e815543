import type { Database, Transaction } from '../database/database.ts';

/** What was deleted: the database has forgotten it; the cache and the store of documents are still to be told. */
export interface Deleted {
  readonly projectIds: readonly string[];
  readonly objectKeys: readonly string[];
}

// Several times what a smoke test may take: younger rows may belong to one that runs right now beside this one.
const LEFT_OVER_AFTER = '5 minutes';

/** Deletes a marked project with all that belongs to it. Any other project is none to it. */
export const deleteSmokeProject = (database: Database, id: string): Promise<Deleted> =>
  database.transaction((transaction) => deleteProjects(transaction, marked(transaction).where({ id })));

/** Deletes what smoke tests that were cut short have left behind. Two at once share the rows, and neither waits. */
export const deleteSmokeLeftovers = (database: Database): Promise<Deleted> =>
  database.transaction((transaction) =>
    deleteProjects(
      transaction,
      marked(transaction).whereRaw('created_at < now() - ?::interval', [LEFT_OVER_AFTER]).skipLocked(),
    ),
  );

const marked = (transaction: Transaction) => transaction('projects').where({ is_smoke: true }).forUpdate();

async function deleteProjects(transaction: Transaction, which: ReturnType<typeof marked>): Promise<Deleted> {
  const projectIds: string[] = await which.pluck('id');
  const ofThem = (table: string) => transaction(table).whereIn('project_id', projectIds);
  const documents: { object_key: string }[] = await ofThem('documents').delete('object_key');
  await ofThem('activity_log').delete();
  await transaction('projects').whereIn('id', projectIds).delete();
  return { projectIds, objectKeys: documents.map(({ object_key }) => object_key) };
}
