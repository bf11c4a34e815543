import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Order } from '@plumbline/contract/agent';
import { type EnvironmentName, environmentName, releaseId, serviceName } from '@plumbline/contract/names';
import type { ServiceSpec } from '@plumbline/contract/service-spec';
import type { Cohort, Slot, SlotContent } from '@plumbline/contract/shape';

export const staging: EnvironmentName = environmentName.parse('staging');
export const releases = [releaseId.parse('r-0000000000a1'), releaseId.parse('r-0000000000b2')] as const;
export const web = serviceName.parse('web');

const program = fileURLToPath(new URL('service.mjs', import.meta.url));

type SpecChange = Partial<Omit<ServiceSpec, 'variables'>> & { readonly set?: Readonly<Record<string, string>> } & {
  readonly variables?: ServiceSpec['variables'];
};

/** The test service, with what matters changed; `set` are plain variables. */
export const spec = ({ set = {}, variables = {}, ...change }: SpecChange = {}): ServiceSpec => ({
  name: web,
  start: [process.execPath, program],
  folder: tmpdir(),
  route: '/',
  health: '/health',
  liveness: null,
  assets: null,
  startWithinMs: 30_000,
  drainWithinMs: 5_000,
  ...change,
  variables: {
    ...variables,
    ...Object.fromEntries(Object.entries(set).map(([name, value]) => [name, { from: 'value', value } as const])),
  },
});

/** Replicas of `web` in a slot, or of several services. */
export const content = (release: 0 | 1, replicas: number | Readonly<Record<string, number>>): SlotContent => ({
  release: releases[release],
  replicas: typeof replicas === 'number' ? { [web]: replicas } : { ...replicas },
});

interface OrderChange {
  readonly generation?: number;
  readonly step?: string;
  readonly holder?: string;
  readonly stable?: Slot;
  readonly blue?: SlotContent | null;
  readonly green?: SlotContent | null;
  readonly weight?: number;
  readonly cohort?: Cohort;
  /** Of both slots. */
  readonly specs?: readonly ServiceSpec[];
  /** Of green, where they differ. */
  readonly greenSpecs?: readonly ServiceSpec[];
  readonly stores?: Order['stores'];
  readonly environment?: EnvironmentName;
}

/** Two replicas of the first release in blue, unless told otherwise. */
export const order = (change: OrderChange = {}): Order => {
  const held = { blue: change.blue === undefined ? content(0, 2) : change.blue, green: change.green ?? null };
  const specs = change.specs ?? [spec()];
  return {
    shape: {
      environment: change.environment ?? staging,
      generation: change.generation ?? 1,
      holder: change.holder ?? 'd-1',
      step: change.step ?? 'a step',
      stable: change.stable ?? 'blue',
      slots: held,
      candidateWeightPercent: change.weight ?? 0,
      ...(change.cohort ? { cohort: change.cohort } : {}),
    },
    specs: { blue: held.blue && [...specs], green: held.green && [...(change.greenSpecs ?? specs)] },
    stores: change.stores ?? [],
    hosts: [],
  };
};
