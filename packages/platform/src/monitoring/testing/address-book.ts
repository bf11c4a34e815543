import { loadDescription } from '../../environments/read.ts';
import { Secret } from '../../kernel/secret.ts';
import { described } from '../../testing/descriptions.ts';
import type { AddressBook } from '../addressed.ts';

/** A description with these notifiers, and secrets that are the same in every environment. */
export const bookWith = (notify: string, secrets: Readonly<Record<string, string>>): AddressBook => {
  const file = `app: shop
path: [development, production]
services:
  web: { start: [node, server.js], route: /, health: /health }
notify:
${notify}`;
  return {
    described: () => loadDescription(described({ 'plumbline.yaml': file })),
    secrets: async () => new Map(Object.entries(secrets).map(([name, value]) => [name, new Secret(value)])),
  };
};
