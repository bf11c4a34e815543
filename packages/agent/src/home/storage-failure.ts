import { Failure } from '@plumbline/contract/failure';

/** What a file operation's error means to the one who runs Plumbline; errors that mean nothing of the kind stay as they are. */
export const storageFailure = (error: unknown, path: string): unknown => {
  const code = errorCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new Failure('disk-full', `no space left for ${path}`, {
      cause: error,
      hint: 'free some space on that disk: the agent goes on by itself, nothing was cut short',
    });
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new Failure('data-unreadable', `${path} cannot be read or written (${code})`, {
      cause: error,
      hint: `give it back to the user who runs Plumbline: chown -R "$(id -un)" and chmod -R u+rwX on its folder`,
    });
  return error;
};

/** The system's name of what went wrong, like ENOENT. */
export const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
