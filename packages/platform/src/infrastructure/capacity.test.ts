import { serviceName } from '@plumbline/contract/names';
import { expect, test } from 'vitest';
import { connectionsNeeded, type Load, leastRoom, maxConnectionsOf, nodesNeeded, podsOf, roomOn } from './capacity.ts';

const load = (some: Partial<Load> = {}): Load => ({
  maxReplicas: 10,
  cpuMillis: 1000,
  memoryMib: 4096,
  connections: 10,
  ...some,
});
const backend = (some: Partial<Load> = {}) => ({ [serviceName.parse('backend')]: load(some) });

test('E2-2: on the nodes of the specification one replica of its backend fits at most, on ours three', () => {
  const [itsNode, ours] = [roomOn('t3.large'), roomOn('m7g.xlarge')];
  expect(itsNode && nodesNeeded(backend(), itsNode)).toBe(podsOf(load()));
  expect(ours && nodesNeeded(backend(), ours)).toBe(8);
  // Its 2.2 as a request: no node ever holds it.
  expect(itsNode && nodesNeeded(backend({ cpuMillis: 2000 }), itsNode)).toBe(Number.POSITIVE_INFINITY);
});

test('a node has less than is sold: what the kernel, the kubelet and the agents of each node take is gone', () => {
  expect(roomOn('m7g.large')).toEqual({ cpuMillis: 1430, memoryMib: 6135, pods: 21 });
  expect(roomOn('nonsense.large')).toBeUndefined();
});

test('of several machines the least room counts, whichever comes', () => {
  expect(leastRoom(['m7g.xlarge', 'c7g.xlarge'])).toEqual(roomOn('c7g.xlarge'));
  expect(leastRoom(['m7g.xlarge', 'q1.huge'])).toBeUndefined();
});

test.each([
  ['db.t4g.micro', 80],
  ['db.t3.medium', 414],
  ['db.r7g.large', 1658],
  ['db.r7g.16xlarge', 5000],
])('E10-4: RDS gives a %s %d connections', (type, connections) => {
  expect(maxConnectionsOf(type)).toBe(connections);
});

test('E10-4: both slots, each with a replica more, hold their pools at once, beside the reserve', () => {
  expect(connectionsNeeded(backend(), 15)).toBe((10 + 1) * 2 * 10 + 15);
  expect(connectionsNeeded(backend({ connections: 0 }), 15)).toBe(15);
});
