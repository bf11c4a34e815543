import { Failure } from '@plumbline/contract/failure';
import { environmentName } from '@plumbline/contract/names';
import { expect, test } from 'vitest';
import { loadDescription } from '../environments/read.ts';
import { appYaml, described, environments } from '../testing/descriptions.ts';
import type { World } from '../world.ts';
import { logsOf } from './logs.ts';

const line = { at: 0, replica: 'backend-1', service: 'backend', line: 'listening' };

const lines = async (
  query: { readonly environment: string; readonly service?: string },
  whole: World['described'] = () => loadDescription(described({ 'plumbline.yaml': appYaml, ...environments })),
): Promise<readonly unknown[]> => {
  // Of the target nothing but its logs is asked for.
  const target = {
    logs: async function* () {
      yield line;
    },
  } as unknown as World['target'];
  const asked = { ...query, environment: environmentName.parse(query.environment), tail: 1, follow: false };
  const all: unknown[] = [];
  for await (const one of logsOf({ target, described: whole })(asked, new AbortController().signal)) all.push(one);
  return all;
};

test('logs of what is described are passed on', async () => {
  expect(await lines({ environment: 'staging', service: 'backend' })).toEqual([line]);
});

test.each([
  [{ environment: 'nowhere' }, 'there is no environment nowhere'],
  [{ environment: 'staging', service: 'web' }, 'there is no service web'],
])('%j is said to be unknown, and is not silent', async (query, words) => {
  await expect(lines(query)).rejects.toThrow(words);
});

test('while the description is wrong, logs are still to be had', async () => {
  const invalid = () => Promise.reject(new Failure('description-invalid', 'plumbline.yaml:1:1 …'));
  expect(await lines({ environment: 'nowhere' }, invalid)).toEqual([line]);
});
