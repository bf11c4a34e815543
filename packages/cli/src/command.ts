import type { ArgDef, ArgsDef } from 'citty';
import type { Client } from './client.ts';
import type { Place } from './place.ts';
import type { Terminal } from './terminal.ts';

export const exitCodes = { done: 0, failed: 1, misused: 2 } as const;

/** Arguments that every command has. */
export const everyArgs = {
  directory: { type: 'string', description: "The app's folder: where plumbline.yaml lies", valueHint: 'PATH' },
  json: { type: 'boolean', description: 'Print JSON for programs', default: false },
} as const satisfies ArgsDef;

/** Where Plumbline is to be found and whom it serves, without the process's own globals, so that tests give their own. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Calls back for each Ctrl-C, TERM and closing of the terminal, until the returned function is called. */
  onInterrupt(listener: () => void): () => void;
}

type Value<D extends ArgDef> = D extends { readonly type: 'boolean' }
  ? boolean
  : D extends { readonly default: string } | { readonly required: true }
    ? string
    : D extends { readonly type: 'positional' }
      ? PositionalValue<D>
      : string | undefined;
type PositionalValue<D extends ArgDef> = D extends { readonly required: false } ? string | undefined : string;

/** What a command gets for its arguments. citty's own type has an index signature, which would hide a misspelled name. */
export type ArgsOf<A extends ArgsDef> = { readonly [Name in keyof A]: Value<A[Name]> };

export interface Context<A extends ArgsDef = ArgsDef> {
  readonly args: ArgsOf<A & typeof everyArgs>;
  readonly terminal: Terminal;
  readonly place: Place;
  readonly client: Client;
  readonly surroundings: Surroundings;
  /** Fires at Ctrl-C. */
  readonly signal: AbortSignal;
}

/** One command: what it is called and does, what it takes, and one client call with its printing. Answers the exit code. */
export interface Command<A extends ArgsDef = ArgsDef> {
  readonly meta: { readonly name: string; readonly description: string; readonly example: string };
  readonly args: A;
  run(context: Context<A>): Promise<number>;
}

/** Gives `run` the types of the arguments that stand beside it. */
export const defineCommand = <const A extends ArgsDef>(command: Command<A>): Command<A> => command;

/** The command was called wrongly: usage is shown and the exit code is 2. */
export class Misuse extends Error {
  override readonly name = 'Misuse';
}
