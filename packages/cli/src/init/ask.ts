import { multiselect, text } from '@clack/prompts';
import { Failure } from '@plumbline/contract/failure';
import { type Initial, type InitialStore, initialStores } from '@plumbline/platform/environments/initial';
import type { Terminal } from '../terminal.ts';
import { type Said, wordsOf } from './said.ts';

/** Asks for what was not said, each with the guess to take or to change. */
export const askForRest = async (
  guessed: Initial,
  said: Said,
  { stdin: input, stdout: output }: Pick<Terminal, 'stdin' | 'stdout'>,
  signal: AbortSignal,
): Promise<Initial> => {
  const common = { input, output, signal };
  const ask = async (message: string, initialValue: string): Promise<string> =>
    answered<string>(await text({ message, initialValue, defaultValue: '', ...common }));
  const app = said.app ?? (await ask('What is the app called?', guessed.app));
  const path = said.path ?? wordsOf(await ask('Which environments does a release climb?', guessed.path.join(', ')));
  const health = said.health ?? (await ask('Which path answers 2xx when it is ready?', guessed.health));
  const stores =
    said.stores ??
    answered<readonly InitialStore[]>(
      await multiselect({
        message: 'What does it keep its data in?',
        options: storeOptions,
        initialValues: [...guessed.stores],
        required: false,
        ...common,
      }),
    );
  const domain = said.domain ?? (await ask('Where do its users find it? Nothing: not decided yet', guessed.domain));
  const repository = said.repository ?? (await ask('Where is it at GitHub? (owner/name)', guessed.repository));
  return { ...guessed, app, path, health, stores, domain, repository };
};

const storeOptions = [
  { value: 'database' as const, label: `database (${initialStores.database})` },
  { value: 'cache' as const, label: `cache (${initialStores.cache})` },
  { value: 'documents' as const, label: `documents (${initialStores.documents})` },
];

const answered = <T extends string | readonly InitialStore[]>(answer: T | symbol): T => {
  if (typeof answer === 'symbol') throw new Failure('interrupted', 'stopped: nothing was written');
  return answer;
};
