import { serviceName, storeName } from '@plumbline/contract/names';
import { expect, test } from 'vitest';
import { loadDescription } from '../environments/read.ts';
import { appYaml, described, environments } from '../testing/descriptions.ts';
import { placesOf } from './places.ts';
import { resourcesOf } from './resources.ts';
import { machineOf } from './store-machine.ts';

const places = async (files: Readonly<Record<string, string>>) => placesOf(await loadDescription(described(files)));

const connect2 = () => places({ 'plumbline.yaml': appYaml, ...environments });

test('an environment that says nothing of its infrastructure has all of it, by its position on the path', async () => {
  const [development, staging, production] = await connect2();
  expect(development?.infrastructure).toMatchObject({ network: { nat: 'one' }, logs: { retentionDays: 7 } });
  expect(staging?.infrastructure).toMatchObject({ network: { nat: 'one' }, logs: { retentionDays: 14 } });
  expect(production?.infrastructure).toMatchObject({ network: { nat: 'each_zone' }, logs: { retentionDays: 30 } });
});

test('E4-15: no two environments share addresses, and each spans three zones', async () => {
  const networks = (await connect2()).map(({ infrastructure }) => infrastructure.network);
  expect(networks.map(({ cidr }) => cidr)).toEqual(['10.2.0.0/16', '10.1.0.0/16', '10.0.0.0/16']);
  expect(networks.map(({ zones }) => zones)).toEqual([3, 3, 3]);
});

test('E2-1: the numbers of 2.2 are limits, with half the CPU and all the memory set aside', async () => {
  const [, , production] = await connect2();
  expect(production && resourcesOf(production, serviceName.parse('backend'))).toEqual({
    cpuLimitMillis: 2000,
    cpuRequestMillis: 1000,
    memoryLimitBytes: 4 * 1024 ** 3,
    memoryRequestBytes: 4 * 1024 ** 3,
  });
});

test("a store has the machine of the environment's resources", async () => {
  const [development] = await connect2();
  expect(development && machineOf(development, storeName.parse('database'))).toEqual({
    instanceType: 'db.t3.micro',
    multiAz: false,
  });
});
