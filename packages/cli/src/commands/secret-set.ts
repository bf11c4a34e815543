import { isCancel, password } from '@clack/prompts';
import { Failure } from '@plumbline/contract/failure';
import { secretName } from '@plumbline/contract/names';
import { type Context, defineCommand, exitCodes, Misuse } from '../command.ts';
import { looksLike } from '../looks-like.ts';

export const secretSet = defineCommand({
  meta: {
    name: 'secret set',
    description: 'Set a secret; its value comes from stdin or is asked for, never from the command line',
    example: 'plumb secret set production smtp-password < password.txt',
  },
  args: {
    env: { type: 'positional', description: 'The environment' },
    name: { type: 'positional', description: "The secret's name" },
  },
  async run({ args, client, terminal, signal }) {
    const secret = looksLike(secretName, args.name);
    const value = terminal.stdin.isTTY ? await askedFor(args.name, terminal, signal) : await readAll(terminal.stdin);
    if (value === '') throw new Misuse('the value is empty');
    const set = await client.call('setSecret', { environment: args.env, secret, value }, { signal });
    if (args.json) terminal.json(set);
    else terminal.print(`${set.name} is set in ${args.env}; replicas get it when they next start`);
    return exitCodes.done;
  },
});

const askedFor = async (name: string, { stdin, stdout }: Context['terminal'], signal: AbortSignal): Promise<string> => {
  const answer = await password({ message: `Value of ${name}`, input: stdin, output: stdout, signal });
  if (isCancel(answer)) throw new Failure('interrupted', `${name} was not set`);
  return answer;
};

/** All of it but the line end that `echo` and editors add. */
const readAll = async (stdin: AsyncIterable<unknown>): Promise<string> => {
  let text = '';
  for await (const chunk of stdin) text += chunk;
  return text.replace(/\r?\n$/, '');
};
