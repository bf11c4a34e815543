import { connect } from 'node:net';
import { execa } from 'execa';
import type { Station } from './station.ts';
import type { Workshop } from './workshop.ts';

/** Stops everything and removes what Plumbline keeps; answers what is still there all the same. */
export const leftBehind = async (workshop: Workshop, station: Station): Promise<readonly string[]> => {
  const status = await station.person.call('status', {}).catch(() => null);
  // Without a control plane, nobody knows the ports; the processes tell as much.
  const ports = (status?.environments ?? []).flatMap(({ addresses }) =>
    addresses ? [Number(new URL(addresses.plain).port)] : [],
  );
  await station.stop();
  const launcher = new URL('../../bin/plumb.js', import.meta.url).pathname;
  const reset = await execa(process.execPath, [launcher, 'reset', '--yes', '--directory', workshop.app], {
    env: { PLUMBLINE_HOME: workshop.home },
    reject: false,
  });
  const open = await Promise.all(ports.map(async (port) => ((await answers(port)) ? [`port ${port}`] : [])));
  return [
    ...open.flat(),
    ...(await processesOf(workshop.folder)),
    ...(reset.exitCode === 0 ? [] : [`plumb reset: ${reset.stderr}`]),
  ];
};

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

/** Processes whose command line names the folder: agent, control plane, databases and replicas all do. */
const processesOf = async (folder: string): Promise<readonly string[]> => {
  const { stdout } = await execa('ps', ['-eo', 'pid,args']);
  return stdout.split('\n').filter((line) => line.includes(folder) && !line.includes('ps -eo'));
};
