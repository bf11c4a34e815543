import { mkdir, readFile } from 'node:fs/promises';
import { execa } from 'execa';
import type { OpenedImage } from './images.ts';

export interface Container {
  /** All that it printed so far. */
  output(): string;
  /** Waits until it ended by itself. */
  ended(): Promise<number | undefined>;
  /** Sends its process 1 the image's stop signal, and waits for the end. */
  stop(): Promise<number | undefined>;
}

export interface RunOrder {
  readonly env?: Readonly<Record<string, string>>;
  /** Instead of the image's own command, behind its entrypoint. */
  readonly command?: readonly string[];
}

/** The root is there to read; /tmp alone can be written to, as an emptyDir of Kubernetes. */
const prepare = `
set -e
mount --bind "$1" "$2"
mount -o remount,bind,ro "$2"
mount -t tmpfs tmp "$2/tmp"
shift 2
exec unshare --pid --fork --kill-child=SIGKILL "$@"
`;

/**
 * Runs an image as Kubernetes would, as far as a sandbox without cgroups allows: with its own user, no right of root, a
 * read-only root, and as process 1 of its own process namespace. The network is the machine's.
 */
export const startContainer = async (image: OpenedImage, order: RunOrder = {}): Promise<Container> => {
  const { config, root } = image;
  const at = `${root}-running`;
  await mkdir(at, { recursive: true });
  const [user = '', group = ''] = config.User.split(':');
  const command = [...config.Entrypoint, ...(order.command ?? config.Cmd)];
  const inside = [`--root=${at}`, `--wd=${config.WorkingDir}`, `--setgid=${group}`, `--setuid=${user}`];
  const declared = config.Env.map((one) => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)]);
  const env = { ...Object.fromEntries(declared), ...order.env };
  // The path is for `unshare`; the programs of an image are named whole.
  let output = '';
  const child = execa('unshare', ['--mount', 'sh', '-c', prepare, 'sh', root, at, ...inside, ...command], {
    env: { ...env, PATH: `${process.env.PATH}` },
    extendEnv: false,
    reject: false,
    all: true,
  });
  child.all?.on('data', (chunk) => {
    output += String(chunk);
  });
  return {
    output: () => output,
    ended: async () => (await child).exitCode,
    stop: async () => {
      const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8');
      for (const pid of children.trim().split(/\s+/)) process.kill(Number(pid), config.StopSignal);
      return (await child).exitCode;
    },
  };
};
