import { z } from 'zod';
import type { Database, Transaction } from '../database/database.ts';
import type { User } from '../sessions/users.ts';

/** The largest document, in bytes. */
export const LARGEST_BYTES = 25 * 1024 * 1024;

export const document = z.object({
  id: z.uuid(),
  projectId: z.uuid(),
  name: z.string(),
  mediaType: z.string(),
  sizeBytes: z.int(),
  sha256: z.string(),
  uploadedByName: z.string(),
  createdAt: z.iso.datetime(),
});

export type Document = z.infer<typeof document>;

/** What was stored, before the database knows of it. */
export interface Stored {
  readonly projectId: string;
  readonly name: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly objectKey: string;
}

const columns = {
  id: 'documents.id',
  projectId: 'documents.project_id',
  name: 'documents.name',
  mediaType: 'documents.media_type',
  sizeBytes: 'documents.size_bytes',
  sha256: 'documents.sha256',
  uploadedByName: 'users.name',
  createdAt: 'documents.created_at',
};

const withUploader = (database: Database) => database('documents').join('users', 'users.id', 'documents.uploaded_by');

export async function listDocuments(database: Database, projectId: string): Promise<Document[]> {
  const rows = await withUploader(database)
    .select(columns)
    .where('documents.project_id', projectId)
    .orderBy([{ column: 'documents.created_at', order: 'desc' }, 'documents.id'])
    .limit(500);
  return rows.map(fromRow);
}

export async function findDocument(
  database: Database,
  id: string,
): Promise<{ document: Document; objectKey: string } | undefined> {
  const row = await withUploader(database)
    .select({ ...columns, objectKey: 'documents.object_key' })
    .where('documents.id', id)
    .first();
  return row && { document: fromRow(row), objectKey: row.objectKey };
}

export async function insertDocument(transaction: Transaction, uploader: User, stored: Stored): Promise<Document> {
  const { objectKey, ...told } = stored;
  const row = {
    project_id: told.projectId,
    uploaded_by: uploader.id,
    name: told.name,
    media_type: told.mediaType,
    size_bytes: told.sizeBytes,
    sha256: told.sha256,
    object_key: objectKey,
  };
  const [inserted] = await transaction('documents').insert(row, ['id', 'created_at']);
  return fromRow({ ...told, id: inserted.id, uploadedByName: uploader.name, createdAt: inserted.created_at });
}

function fromRow(row: Record<keyof Document, unknown> & { createdAt: Date }): Document {
  return document.parse({ ...row, sizeBytes: Number(row.sizeBytes), createdAt: row.createdAt.toISOString() });
}
