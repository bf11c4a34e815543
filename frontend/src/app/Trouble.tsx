interface Props {
  readonly error: Error | null;
  readonly retry?: () => void;
}

/** Says what went wrong, and offers to try again where that can help. Nothing, when all is well. */
export function Trouble({ error, retry }: Props) {
  if (!error) return null;
  return (
    <div className="trouble" role="alert">
      <p>{error.message}</p>
      {retry && (
        <button type="button" className="quiet" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}
