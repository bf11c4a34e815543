import { Readable } from 'node:stream';
import { z } from 'zod';
import { recordActivity } from '../activity/activity.ts';
import type { Database, Transaction } from '../database/database.ts';
import { isDatabaseAway } from '../database/outage.ts';
import type { Api } from '../http/api.ts';
import { notFound } from '../http/problem.ts';
import { create, writeHeaders } from '../http/writes.ts';
import type { FindVisible } from '../projects/visible.ts';
import { signedIn } from '../sessions/signed-in.ts';
import type { User } from '../sessions/users.ts';
import { type Document, document, findDocument, insertDocument, listDocuments, type Stored } from './documents.ts';
import { receive } from './receive.ts';
import type { DocumentStore } from './store.ts';

const ofProject = z.object({ id: z.uuid() });
const documentList = z.object({ documents: z.array(document) });
const named = z.object({ name: z.string().trim().min(1).max(200) });

interface Sources {
  readonly database: Database;
  readonly documents: DocumentStore;
  readonly findVisible: FindVisible;
}

export function documentRoutes(api: Api, sources: Sources): void {
  listRoute(api, sources);
  downloadRoute(api, sources);
  api.register(async (streamed: Api) => {
    // Whatever its type says, a document is bytes that pass through.
    streamed.removeAllContentTypeParsers();
    streamed.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    uploadRoute(streamed, sources);
  });
}

function listRoute(api: Api, { database, findVisible }: Sources): void {
  api.get('/api/projects/:id/documents', {
    schema: { summary: 'The documents of a project', params: ofProject, response: { 200: documentList } },
    handler: async (request) => {
      const { id } = await findVisible(signedIn(request), request.params.id);
      return { documents: await listDocuments(database, id) };
    },
  });
}

function downloadRoute(api: Api, { database, documents, findVisible }: Sources): void {
  api.get('/api/documents/:id/content', {
    schema: { summary: 'The bytes of a document', params: z.object({ id: z.uuid() }) },
    handler: async (request, reply) => {
      const found = await findDocument(database, request.params.id);
      if (!found) throw notFound('document');
      const { name, mediaType, sizeBytes, sha256, projectId } = found.document;
      await findVisible(signedIn(request), projectId);
      const bytes = await documents.get(found.objectKey);
      return reply
        .headers({ 'content-type': mediaType, 'content-length': sizeBytes, etag: `"${sha256}"` })
        .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(name)}`)
        .send(bytes);
    },
  });
}

function uploadRoute(api: Api, { database, documents, findVisible }: Sources): void {
  const summary = 'Upload a document: its bytes are the body, its name is in the address';
  api.post('/api/projects/:id/documents', {
    schema: { summary, params: ofProject, querystring: named, headers: writeHeaders, response: { 201: document } },
    handler: async (request, reply) => {
      const user = signedIn(request);
      const project = await findVisible(user, request.params.id);
      const body = request.body instanceof Readable ? request.body : Readable.from([]);
      const about = { projectId: project.id, name: request.query.name };
      const stored = await receive(documents, body, request.headers, about);
      const asked = [stored.name, stored.sha256];
      const work = (transaction: Transaction) => keep(transaction, user, stored);
      const kept = await create(database, request, reply, { shape: document, asked, work }).catch(
        async (error: unknown) => {
          // When the connection was lost at the commit, the row may be there: then bytes too many are better than none.
          if (!isDatabaseAway(error)) await documents.remove(stored.objectKey);
          throw error;
        },
      );
      if (kept.isReplay) await documents.remove(stored.objectKey);
      return kept.body;
    },
  });
}

async function keep(transaction: Transaction, uploader: User, stored: Stored): Promise<Document> {
  const made = await insertDocument(transaction, uploader, stored);
  const summary = `uploaded “${made.name}”`;
  const deed = { projectId: stored.projectId, entityType: 'document', entityId: made.id, summary } as const;
  await recordActivity(transaction, uploader, deed);
  return made;
}
