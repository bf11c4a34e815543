import { useMutation, useQuery } from '@tanstack/react-query';
import { Trouble } from '../app/Trouble.tsx';
import { Waiting } from '../app/Waiting.tsx';
import { fileSize, onDay } from '../app/words.ts';
import { type Document, documentsOf, saveDocument } from './documents.ts';
import { UploadButton } from './UploadButton.tsx';

export function DocumentsPanel({ projectId }: { projectId: string }) {
  const { data, error, refetch } = useQuery(documentsOf(projectId));
  const save = useMutation({ mutationFn: saveDocument });
  return (
    <section className="card" aria-labelledby="documents-title">
      <div className="heading">
        <h2 id="documents-title">Documents</h2>
        {data && <span className="count">{data.documents.length}</span>}
      </div>
      <Trouble error={error} retry={() => void refetch()} />
      <Trouble error={save.error} />
      {!data && !error && <Waiting for="the documents" />}
      {data?.documents.length === 0 && <p className="empty">No document has been uploaded yet.</p>}
      <ul className="documents">
        {data?.documents.map((document) => (
          <DocumentRow key={document.id} document={document} onSave={() => save.mutate(document)} />
        ))}
      </ul>
      <UploadButton projectId={projectId} />
    </section>
  );
}

const DocumentRow = ({ document, onSave }: { document: Document; onSave: () => void }) => (
  <li>
    <div>
      <strong>{document.name}</strong>
      <p className="address">
        {fileSize(document.sizeBytes)} · {document.uploadedByName} · {onDay(document.createdAt)}
      </p>
    </div>
    <button type="button" className="quiet" onClick={onSave} aria-label={`Download ${document.name}`}>
      Download
    </button>
  </li>
);
