import type { Readable, Writable } from 'node:stream';
import pc from 'picocolors';

type Colours = ReturnType<typeof pc.createColors>;

/** Where a command prints and asks. What it prints for programs goes to stdout, everything said beside it to stderr. */
export interface Terminal {
  readonly stdin: Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };
  readonly stdout: Writable;
  readonly colour: Colours;
  /** A person sits there: can be asked, and the screen can be redrawn. */
  readonly isInteractive: boolean;
  readonly columns: number;
  readonly rows: number;
  print(line: string): void;
  say(line: string): void;
  /** One JSON value on a line of its own. */
  json(value: unknown): void;
}

export interface Streams {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };
  readonly stderr: Writable;
}

export const createTerminal = (
  { stdin, stdout, stderr }: Streams,
  env: Readonly<Record<string, string | undefined>>,
): Terminal => {
  const isScreen = stdout.isTTY === true && env.TERM !== 'dumb';
  return {
    stdin,
    stdout,
    colour: pc.createColors(isScreen && !env.NO_COLOR),
    isInteractive: isScreen && stdin.isTTY === true,
    get columns() {
      return stdout.columns ?? 120;
    },
    get rows() {
      return stdout.rows ?? 40;
    },
    print: (line) => void stdout.write(`${line}\n`),
    say: (line) => void stderr.write(`${line}\n`),
    json: (value) => void stdout.write(`${JSON.stringify(value)}\n`),
  };
};
