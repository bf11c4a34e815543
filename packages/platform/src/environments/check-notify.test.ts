import { describe, expect, test } from 'vitest';
import { appYaml, environments } from '../testing/descriptions.ts';
import { errors } from '../testing/edited-description.ts';

const notifying = (lines: string) => ({ 'plumbline.yaml': `${appYaml}notify:\n${lines}`, ...environments });

describe('who is told', () => {
  const first = appYaml.split('\n').length + 1;

  test.each([
    [
      'a kind that nobody knows',
      '  - { kind: teams, url: secret://x }\n',
      `plumbline.yaml:${first}:13 "kind" must be slack or webhook, not "teams"`,
    ],
    [
      'a kind that is missing',
      '  - { url: secret://x }\n',
      expect.stringMatching(new RegExp(`^plumbline.yaml:${first}:5 "kind" is missing`)),
    ],
    [
      'an address that is written out, which is not repeated',
      '  - { kind: slack, url: https://example.com/T0/B0/abc }\n',
      `plumbline.yaml:${first}:25 "url" must be a reference like secret://jwt, never the secret itself`,
    ],
    [
      'a webhook without a signature',
      '  - { kind: webhook, url: secret://x }\n',
      expect.stringMatching(new RegExp(`^plumbline.yaml:${first}:5 "signing" is missing`)),
    ],
    [
      'a key of another kind',
      '  - { kind: slack, url: secret://x, signing: secret://y }\n',
      `plumbline.yaml:${first}:37 unknown key "signing"; known here: kind, name, url, on, environments`,
    ],
    [
      'something that never happens',
      '  - { kind: slack, url: secret://x, on: [exploded] }\n',
      expect.stringMatching(
        new RegExp(
          `^plumbline.yaml:${first}:42 "on\\[0\\]" must be awaiting-approval, .* or superseded, not "exploded"$`,
        ),
      ),
    ],
    [
      'an environment that is not on the path',
      '  - { kind: slack, url: secret://x, environments: [prodction] }\n',
      `plumbline.yaml:${first}:52 "prodction" is not on the path: did you mean "production"?`,
    ],
    [
      'two of one name',
      '  - { kind: slack, url: secret://x }\n  - { kind: slack, url: secret://y }\n',
      `plumbline.yaml:${first + 1}:5 another notifier is called slack: give this one a "name"`,
    ],
  ])('%s', async (_, lines, expected) => {
    expect(await errors(notifying(lines))).toEqual([expected]);
  });
});
