import { Failure } from '@plumbline/contract/failure';
import { askGit, git } from './source-git.ts';

/** A checkout as it is now. */
export interface CheckoutState {
  readonly commit: string;
  /** Null when no branch is checked out. */
  readonly branch: string | null;
  readonly subject: string;
  /** There is work that is not committed, in the app's folder. */
  readonly dirty: boolean;
  /** What is changed or new, from the checkout's top folder, as git writes it. */
  readonly changes: readonly string[];
}

/** Where an app lies in its repository. */
export interface Place {
  /** The checkout's top folder. */
  readonly top: string;
  /** The app's folder from there, with a slash at its end; empty when it is the top itself. */
  readonly prefix: string;
}

/** Plumbline's own data, which lie in the app's folder and are none of it, even where nobody ignores them. */
export const notPlumblines = ':(exclude).plumbline';

/** Looks at the checkout that the app's folder is in, or of which it is a part. Writes nothing into it. */
export const readCheckout = async (folder: string, signal?: AbortSignal): Promise<CheckoutState> => {
  const place = await placeOf(folder, signal);
  const options = { signal };
  const head = await askGit(folder, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], options);
  if (head.code !== 0) throw nothingCommitted(folder);
  const [commit = ''] = head.lines;
  const [branch, [subject], changes] = await Promise.all([
    askGit(folder, ['symbolic-ref', '--short', '--quiet', 'HEAD'], options),
    git(folder, ['log', '-1', '--format=%s', commit], options),
    git(folder, ['status', '--porcelain=v1', '--untracked-files=all', '--', '.', notPlumblines], options),
  ]);
  await treeOf(place, commit, signal);
  return { commit, branch: branch.lines[0] ?? null, subject: subject ?? '', dirty: changes.length > 0, changes };
};

/** Whether the older commit is in the newer one's history; unknown where one of them is not to be found. */
export const ancestor = async (
  folder: string,
  older: string,
  newer: string,
  signal?: AbortSignal,
): Promise<'yes' | 'no' | 'unknown'> => {
  const { code } = await askGit(folder, ['merge-base', '--is-ancestor', older, newer], { signal });
  if (code === 0) return 'yes';
  return code === 1 ? 'no' : 'unknown';
};

/** Commits that the newer has and the older has not, the newest first, at most 200. */
export const commitsBetween = async (
  folder: string,
  older: string,
  newer: string,
  signal?: AbortSignal,
): Promise<readonly { readonly commit: string; readonly subject: string }[]> => {
  const answer = await askGit(folder, ['log', '--format=%H %s', '--max-count=200', `${older}..${newer}`, '--', '.'], {
    signal,
  });
  if (answer.code !== 0) return [];
  return answer.lines.map((line) => ({ commit: line.slice(0, 40), subject: line.slice(41) }));
};

/** Where the folder lies in its repository. Throws `bad-input`, with what to do, when it is in none. */
export const placeOf = async (folder: string, signal?: AbortSignal): Promise<Place> => {
  const answer = await askGit(folder, ['rev-parse', '--show-toplevel', '--show-prefix'], { signal });
  const [top, prefix = ''] = answer.lines;
  if (answer.code === 0 && top !== undefined) return { top, prefix };
  throw new Failure('bad-input', `${folder} is no git checkout: releases are made of commits`, {
    hint: `cd ${folder} && git init && git add -A && git commit -m "First"`,
  });
};

/** The id of the app's folder in a commit. */
export const treeOf = async ({ top, prefix }: Place, commit: string, signal?: AbortSignal): Promise<string> => {
  const answer = await askGit(top, ['rev-parse', '--verify', '--quiet', `${commit}:${prefix.replace(/\/$/, '')}`], {
    signal,
  });
  const [tree] = answer.lines;
  if (answer.code === 0 && tree !== undefined) return tree;
  const known = await askGit(top, ['cat-file', '-e', `${commit}^{commit}`], { signal });
  if (known.code === 0) throw nothingCommitted(`${top}/${prefix}`);
  throw new Failure('not-found', `the commit ${commit} is not in ${top}`, { hint: 'git fetch may bring it' });
};

const nothingCommitted = (folder: string): Failure =>
  new Failure('bad-input', `nothing of ${folder} is committed yet: releases are made of commits`, {
    hint: `cd ${folder} && git add -A && git commit -m "First"`,
  });
