import { expect, test } from 'vitest';
import { childVariables } from './child-variables.ts';

test('what npm adds for its scripts does not reach builds, the person’s own variables do', () => {
  const env = {
    npm_config_registry: 'x',
    npm_lifecycle_event: 'start',
    NPM_CONFIG_PREFIX: 'x',
    INIT_CWD: '/somewhere',
    NODE: '/usr/bin/node',
    NODE_OPTIONS: '--max-old-space-size=512',
    PATH: '/usr/bin',
    EMPTY: undefined,
  };
  expect(childVariables(env, { PLUMBLINE_HOME: '/home' })).toEqual({
    NODE_OPTIONS: '--max-old-space-size=512',
    PATH: '/usr/bin',
    PLUMBLINE_HOME: '/home',
  });
});
