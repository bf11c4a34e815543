import { cp, mkdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';

/** Images built in a store of their own, on bases that are made of this machine's Node. */
export interface Images {
  /** Builds a folder of the repository; answers the image's id. */
  build(folder: string, commit: string): Promise<string>;
  /** Where the image's files lie, and how it is started. */
  open(id: string): Promise<OpenedImage>;
  close(): Promise<void>;
}

export interface OpenedImage {
  readonly root: string;
  /** Digests of all its files, with times and rights, without compression. */
  readonly layers: readonly string[];
  readonly config: ImageConfig;
}

/** Of the configuration that an image has after Docker's format, what tells how it is run. */
export interface ImageConfig {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
  readonly WorkingDir: string;
  readonly StopSignal: NodeJS.Signals;
  readonly Labels: Readonly<Record<string, string>>;
  readonly Healthcheck: { readonly Test: readonly string[] };
}

interface Inspection {
  readonly Docker: { readonly config: ImageConfig; readonly rootfs: { readonly diff_ids: readonly string[] } };
}

/** Anything fixed: two builds of one commit then differ in nothing. */
const commitTime = '1700000000';

/** Why images cannot be built here; null when they can. */
export const noImagesBecause = async (): Promise<string | null> => {
  if (process.getuid?.() !== 0) return 'building images without root needs user namespaces: run as root';
  const found = await execa('buildah', ['--version'], { reject: false });
  if (found.exitCode !== 0) return 'there is no buildah: apt-get install buildah';
  const debian = await execa('dpkg', ['-L', 'libc6'], { reject: false });
  return debian.exitCode === 0 ? null : "the bases are made of Debian's files, and this is no Debian";
};

/** No registry can be reached from everywhere, so the bases are made here; everything else is as the Dockerfile says. */
export const openImages = async (folder: string): Promise<Images> => {
  const store = ['--root', join(folder, 'store'), '--runroot', join(folder, 'run')];
  const buildah = async (...args: readonly string[]): Promise<string> =>
    (await execa('buildah', [...store, ...args], { env: { STORAGE_DRIVER: await driverFor(folder) } })).stdout;
  const { stdout: npmCache } = await execa('npm', ['config', 'get', 'cache']);
  await makeBases(folder, buildah);
  const containers = new Set<string>();
  return {
    build: async (context, commit) => {
      const bases = ['BUILD_BASE=localhost/build', 'RUN_BASE=localhost/run', `COMMIT=${commit}`];
      const args = bases.flatMap((one) => ['--build-arg', one]);
      const cache = ['--volume', `${npmCache}:/root/.npm`];
      const output = await buildah(
        ...['bud', '--quiet', '--isolation', 'chroot', '--format', 'docker', '--timestamp', commitTime],
        ...[...args, ...cache, context],
      );
      return output.trim().split('\n').at(-1) ?? '';
    },
    open: async (id) => {
      const container = (await buildah('from', '--pull-never', id)).trim();
      containers.add(container);
      // buildah's own JSON: what an image lacks, the test then misses.
      const { Docker } = JSON.parse(await buildah('inspect', '--type', 'image', id)) as Inspection;
      return {
        root: (await buildah('mount', container)).trim(),
        layers: Docker.rootfs.diff_ids,
        config: Docker.config,
      };
    },
    close: async () => {
      for (const container of containers) await buildah('rm', container);
      await buildah('rmi', '--all', '--force');
      await execa('umount', [join(folder, 'store/overlay')], { reject: false });
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/** Overlays are quick, but not every disk can hold them. */
const driverFor = async (folder: string): Promise<string> => {
  const { stdout } = await execa('stat', ['--file-system', '--format=%T', folder]);
  return stdout === 'overlayfs' ? 'vfs' : 'overlay';
};

type Buildah = (...args: readonly string[]) => Promise<string>;

const makeBases = async (folder: string, buildah: Buildah): Promise<void> => {
  const run = join(folder, 'base-run');
  await runBase(run);
  await imageOf(run, 'localhost/run', { from: 'scratch' }, buildah);
  const build = join(folder, 'base-build');
  await buildBase(build);
  const trusted = 'NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt npm_config_prefer_offline=true';
  const more = `ENV PATH=/usr/bin:/bin ${trusted}\n`;
  await imageOf(build, 'localhost/build', { from: 'localhost/run', more }, buildah);
};

interface Base {
  readonly from: string;
  readonly more?: string;
}

const imageOf = async (tree: string, name: string, { from, more = '' }: Base, buildah: Buildah): Promise<void> => {
  const file = `${tree}.Dockerfile`;
  await writeFile(file, `FROM ${from}\nCOPY . /\n${more}`);
  await buildah('bud', '--quiet', '--tag', name, '--file', file, tree);
  await rm(tree, { recursive: true });
};

/** Node where distroless has it, and the libraries that it is linked to. No shell, no package manager. */
const runBase = async (tree: string): Promise<void> => {
  for (const part of ['nodejs/bin', 'tmp', 'proc', 'etc', 'app']) await mkdir(join(tree, part), { recursive: true });
  const node = await realpath(process.execPath);
  await cp(node, join(tree, 'nodejs/bin/node'));
  for (const library of await librariesOf(node)) await copyInto(tree, library);
};

/** And what builds: npm, a shell, the rest of the C library for tools with native parts. */
const buildBase = async (tree: string): Promise<void> => {
  const { stdout } = await execa('npm', ['root', '--global']);
  await cp(join(stdout, 'npm'), join(tree, 'usr/lib/node_modules/npm'), { recursive: true, dereference: true });
  await mkdir(join(tree, 'usr/bin'), { recursive: true });
  await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(tree, 'usr/bin/npm'));
  await symlink('/nodejs/bin/node', join(tree, 'usr/bin/node'));
  for (const file of ['/bin/sh', '/usr/bin/env', '/etc/ssl/certs/ca-certificates.crt', ...(await libc())])
    await copyInto(tree, file);
};

const librariesOf = async (program: string): Promise<readonly string[]> =>
  [...(await execa('ldd', [program])).stdout.matchAll(/\s(\/\S+)/g)].map((match) => match[1] ?? '');

const libc = async (): Promise<readonly string[]> =>
  (await execa('dpkg', ['-L', 'libc6'])).stdout.split('\n').filter((file) => /\/lib[^/]*\.so[.\d]*$/.test(file));

const copyInto = async (tree: string, file: string): Promise<void> => {
  const to = join(tree, file);
  await mkdir(dirname(to), { recursive: true });
  await writeFile(to, await readFile(file), { mode: 0o755 });
};
