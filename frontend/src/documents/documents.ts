import { queryOptions } from '@tanstack/react-query';
import { ask, askJson } from '../app/api.ts';

export interface Document {
  readonly id: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly uploadedByName: string;
  readonly createdAt: string;
}

/** The largest that the API takes, in bytes. */
export const LARGEST_BYTES = 25 * 1024 * 1024;

export const documentsOf = (projectId: string) =>
  queryOptions({
    queryKey: ['projects', projectId, 'documents'],
    queryFn: ({ signal }) => askJson<{ documents: Document[] }>(`/api/projects/${projectId}/documents`, { signal }),
  });

export const uploadDocument = (projectId: string, file: File, idempotencyKey: string): Promise<Document> =>
  askJson(`/api/projects/${projectId}/documents?name=${encodeURIComponent(file.name)}`, {
    method: 'POST',
    file,
    idempotencyKey,
  });

/** Saves a document as the browser saves files. A plain link could not carry the token. */
export async function saveDocument({ id, name }: Pick<Document, 'id' | 'name'>): Promise<void> {
  const content = await ask(`/api/documents/${id}/content`);
  const address = URL.createObjectURL(await content.blob());
  const link = Object.assign(document.createElement('a'), { href: address, download: name });
  link.click();
  URL.revokeObjectURL(address);
}
