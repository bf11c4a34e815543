import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SettingsError } from '../settings.ts';
import { folderStore } from './folder.ts';
import type { DocumentStore } from './store.ts';

/** `s3://bucket/prefix` is a bucket; `file://…` or a plain path is a folder. */
export async function openDocumentStore(address: string): Promise<DocumentStore> {
  if (address.startsWith('s3://')) {
    // The client of S3 takes longer to load than all the rest; who keeps documents in a folder does not wait for it.
    const { bucketStore } = await import('./bucket.ts');
    return bucketStore(new URL(address));
  }
  if (address.startsWith('file://')) return folderStore(fileURLToPath(address));
  if (/^\w+:\/\//.test(address))
    throw new SettingsError('DOCUMENTS_URL is wrong: it is s3://bucket/prefix, file://… or a folder');
  return folderStore(resolve(address));
}
