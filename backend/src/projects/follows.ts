import type { Database, Transaction } from '../database/database.ts';

export async function follow(database: Database | Transaction, lenderId: string, projectId: string): Promise<void> {
  await database('follows').insert({ lender_id: lenderId, project_id: projectId }).onConflict().ignore();
}

export async function unfollow(database: Database, lenderId: string, projectId: string): Promise<void> {
  await database('follows').where({ lender_id: lenderId, project_id: projectId }).delete();
}

export async function isFollowing(database: Database, lenderId: string, projectId: string): Promise<boolean> {
  const row = await database('follows').where({ lender_id: lenderId, project_id: projectId }).first('project_id');
  return row !== undefined;
}
