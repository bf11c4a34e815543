import type { FormEvent, ReactNode } from 'react';
import { Trouble } from './Trouble.tsx';

interface Props {
  readonly title: string;
  readonly action: string;
  readonly isBusy: boolean;
  readonly error: Error | null;
  readonly onSubmit: (form: FormData) => void;
  readonly children: ReactNode;
}

/** A form that stays out of the way until it is wanted. */
export function FoldedForm({ title, action, isBusy, error, onSubmit, children }: Props) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    onSubmit(new FormData(event.currentTarget));
  };
  return (
    <details className="folded">
      <summary>{title}</summary>
      <form className="fields" onSubmit={submit}>
        {children}
        <Trouble error={error} />
        <button type="submit" disabled={isBusy}>
          {action}
        </button>
      </form>
    </details>
  );
}
