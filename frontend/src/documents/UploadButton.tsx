import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ChangeEvent, useId } from 'react';
import { Refusal } from '../app/api.ts';
import { useIdempotencyKey } from '../app/idempotency-key.ts';
import { Trouble } from '../app/Trouble.tsx';
import { LARGEST_BYTES, uploadDocument } from './documents.ts';

export function UploadButton({ projectId }: { projectId: string }) {
  const id = useId();
  const queryClient = useQueryClient();
  const keyFor = useIdempotencyKey();
  const upload = useMutation({
    mutationFn: (file: File) => {
      if (file.size > LARGEST_BYTES) throw new Refusal(413, `${file.name} is too large: at most 25 MB.`);
      return uploadDocument(projectId, file, keyFor([file.name, file.size, file.lastModified]));
    },
    onSuccess: () => queryClient.invalidateQueries(),
  });

  const choose = (event: ChangeEvent<HTMLInputElement>) => {
    const [file] = event.target.files ?? [];
    if (file) upload.mutate(file);
    // So that choosing the same file again is a change again.
    event.target.value = '';
  };

  return (
    <div className="upload">
      <input id={id} type="file" onChange={choose} disabled={upload.isPending} />
      <label htmlFor={id} className="button">
        {upload.isPending ? 'Uploading…' : 'Upload a document'}
      </label>
      <Trouble error={upload.error} />
    </div>
  );
}
