import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@plumbline/contract/failure';
import type { Unlike } from '@plumbline/platform/infrastructure/github/compare-protection';
import type { Context } from '../command.ts';

export const githubArgs = {
  environment: {
    type: 'string',
    valueHint: 'ENV',
    description: 'That environment and the branches that deliver to it alone. Default: everything in the file',
  },
  repository: {
    type: 'string',
    valueHint: 'OWNER/NAME',
    description: "Default: GITHUB_REPOSITORY, else plumbline.yaml's `repository`",
  },
} as const;

interface OpenedProtection {
  readonly repository: string;
  readonly unlike: readonly Unlike[];
  /** Whether the token is shown who may pass rulesets: only one that may change them is. */
  readonly seesBypass: boolean;
  /** Makes what is unlike as the file says, and fails if GitHub has it otherwise afterwards. */
  apply(): Promise<void>;
}

/** Reads the file and asks GitHub. GITHUB_TOKEN and GITHUB_API_URL are those that GitHub gives to each of its jobs. */
export const openProtection = async (context: Context<typeof githubArgs>): Promise<OpenedProtection> => {
  const { args, place, surroundings, signal } = context;
  const { onlyFor, protectionFile, readProtection } = await import(
    '@plumbline/platform/infrastructure/github/protection'
  );
  const { compareProtection } = await import('@plumbline/platform/infrastructure/github/compare-protection');
  const { observeProtection } = await import('@plumbline/platform/infrastructure/github/observe-protection');
  const { applyProtection } = await import('@plumbline/platform/infrastructure/github/apply-protection');
  const { githubAt } = await import('@plumbline/platform/infrastructure/github/github-api');
  const text = await readFile(join(place.directory, protectionFile), 'utf8').catch((cause) => {
    throw new Failure('not-found', `there is no ${protectionFile} in ${place.directory}`, {
      cause,
      hint: 'docs/workflows.md shows one',
    });
  });
  const whole = readProtection(text);
  const wanted = args.environment === undefined ? whole : onlyFor(whole, args.environment);
  const { GITHUB_TOKEN: token, GITHUB_API_URL: url = 'https://api.github.com' } = surroundings.env;
  if (!token)
    throw new Failure('not-signed-in', 'GITHUB_TOKEN is not set', {
      hint: 'in a workflow, give the step github.token as GITHUB_TOKEN; elsewhere, a token of yours',
    });
  const repository = args.repository ?? surroundings.env.GITHUB_REPOSITORY ?? (await describedRepository(context));
  const github = githubAt({ url, token, repository }, signal);
  const actual = await observeProtection(github, wanted);
  const unlike = compareProtection(wanted, actual);
  return {
    repository,
    unlike,
    seesBypass: actual.rulesets.every((one) => one.bypass_actors !== undefined),
    apply: async () => {
      await applyProtection(github, repository.split('/')[0] ?? '', { wanted, actual, unlike });
      const left = compareProtection(wanted, await observeProtection(github, wanted));
      const [first] = left;
      if (first)
        throw new Failure('conflict', `${first.kind} ${first.name}: ${first.because}, although it was applied`);
    },
  };
};

const describedRepository = async ({ place }: Context<typeof githubArgs>): Promise<string> => {
  const { filesIn, loadDescription } = await import('@plumbline/platform/environments/read');
  const { description } = await loadDescription(filesIn(place.directory));
  if (description.repository !== undefined) return description.repository;
  throw new Failure('bad-input', 'it is not known which repository of GitHub this is', {
    hint: 'give --repository OWNER/NAME, or write `repository:` in plumbline.yaml',
  });
};
