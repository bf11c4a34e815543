import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '@plumbline/contract/failure';
import type { Release } from '@plumbline/contract/release';
import type { Settings, VerifyCommand } from '../environments/settings.ts';
import { askCommand, installOf, succeeded } from './build-command.ts';
import { withCleanFolder } from './build-folder.ts';
import { installDependencies } from './build-install.ts';
import { buildVariables } from './build-variables.ts';
import type { Tell } from './deliver-deps.ts';
import { materialise, takeSnapshot } from './source-snapshot.ts';

export interface VerifyOrder {
  /** The app's folder, where the commits are. */
  readonly directory: string;
  readonly home: string;
  readonly release: Release;
  readonly settings: Settings;
  readonly baseUrl: string;
  readonly tell: Tell;
  readonly signal: AbortSignal;
}

/** The exit code by which a command says that it could not run here: neither a pass nor a failure of the release. */
const couldNotRun = 77;

/**
 * Runs an environment's verify commands against its address, with the release's own sources; answers what failed, or null.
 * What they leave in the folder for temporary files goes with them.
 */
export const verify = async (order: VerifyOrder): Promise<string | null> => {
  const { commit, id } = order.release;
  if (commit === null)
    throw new Failure('not-found', `${id} has no commit, so its verify commands are not to be found`);
  return withCleanFolder(async (clean) => {
    const { directory, home, signal, settings } = order;
    const folder = path.join(clean, 'sources');
    await materialise(
      await takeSnapshot({ folder: directory, home, commit, dirty: false, key: id, signal }),
      '.',
      folder,
      signal,
    );
    await installFor(order, folder);
    const temporary = path.join(clean, 'tmp');
    await mkdir(temporary);
    for (const command of settings.verify) {
      const failed = await runOne(order, command, folder, temporary);
      if (failed !== null) return failed;
    }
    return null;
  });
};

const installFor = async (order: VerifyOrder, folder: string): Promise<void> => {
  const installed = new Set<string>();
  for (const { directory, install } of order.settings.verify) {
    const inside = path.join(folder, directory);
    const run = await installOf(inside, install);
    if (run === null || installed.has(inside)) continue;
    installed.add(inside);
    const command = { ...common(order), run, folder: inside };
    succeeded(command, await installDependencies(order.home, command));
  }
};

const runOne = async (
  order: VerifyOrder,
  { run, directory }: VerifyCommand,
  folder: string,
  temporary: string,
): Promise<string | null> => {
  const words = run.join(' ');
  await order.tell(`${words} in ${directory}`);
  const variables = { ...common(order).variables, BASE_URL: order.baseUrl, TMPDIR: temporary };
  const ended = await askCommand({ ...common(order), run, folder: path.join(folder, directory), variables });
  if (ended.code === 0) return null;
  if (ended.code === couldNotRun) {
    await order.tell(`${words} could not run here: ${ended.tail.at(-1) ?? 'it did not say why'}`);
    return null;
  }
  const how = ended.stopped ?? `ended with ${ended.code ?? ended.signal}`;
  return [`${words} ${how}`, ...ended.tail.slice(-20)].join('\n');
};

const common = ({ settings, signal, release }: VerifyOrder) => ({
  of: 'verify',
  variables: buildVariables(process.env, release.content.stamp),
  timeoutMs: settings.timeouts.verifyMs,
  signal,
});
