import { z } from 'zod';
import type { Cache, Kind } from './cache.ts';
import type { FailOpenRedis } from './redis.ts';
import { createSingleFlight } from './single-flight.ts';

const NOTHING_TTL_SECONDS = 15;
// Longer than any load can take, so that a generation cannot vanish between a load's beginning and its end.
const GENERATION_TTL_SECONDS = 3_600;

// A value is stored only if nothing was invalidated since its load began.
const STORE = `if (redis.call('get', KEYS[2]) or '') == ARGV[1] then
  redis.call('set', KEYS[1], ARGV[2], 'EX', ARGV[3])
end`;
const INVALIDATE = `redis.call('incr', KEYS[2])
redis.call('expire', KEYS[2], ARGV[1])
redis.call('del', KEYS[1])`;

interface Keys {
  readonly value: string;
  readonly generation: string;
}

/** Caches in Redis, which all replicas share, and all environments may: every key begins with the environment's name. */
export function redisCache(redis: FailOpenRedis, environment: string): Cache {
  const flights = createSingleFlight();
  const unsent = new Map<string, Keys>();

  const sendInvalidation = async (keys: Keys): Promise<void> => {
    const sent = await redis.attempt((client) =>
      client.eval(INVALIDATE, 2, keys.value, keys.generation, GENERATION_TTL_SECONDS),
    );
    if (sent) unsent.delete(keys.value);
  };

  const readThrough = async <Value>(keys: Keys, kind: Kind<Value>, load: () => Promise<Value | undefined>) => {
    const stored = await redis.attempt((client) => client.mget(keys.value, keys.generation));
    if (!stored) return load();
    const [value, generation] = stored.result;
    const known = value ? parse(kind, value) : undefined;
    if (known) return known.value;

    const loaded = await load();
    const ttl = loaded === undefined ? NOTHING_TTL_SECONDS : jittered(kind.ttlSeconds);
    const text = JSON.stringify({ value: loaded });
    await redis.attempt((client) => client.eval(STORE, 2, keys.value, keys.generation, generation ?? '', text, ttl));
    return loaded;
  };

  // What could not be invalidated is sent as soon as Redis is back; until then this process does not believe it.
  redis.onUp(() => {
    for (const keys of unsent.values()) void sendInvalidation(keys);
  });

  return {
    read: (kind, id, load) => {
      const keys = keysOf(environment, kind, id);
      if (unsent.has(keys.value)) return load();
      return flights.run(keys.value, () => readThrough(keys, kind, load));
    },
    invalidate: async (kind, id) => {
      const keys = keysOf(environment, kind, id);
      flights.forget(keys.value);
      unsent.set(keys.value, keys);
      await sendInvalidation(keys);
    },
    state: () => (redis.isUp() ? 'up' : 'down'),
    close: async () => redis.close(),
  };
}

// The braces keep both keys on one node of a cluster.
function keysOf(environment: string, kind: Kind<unknown>, id: string): Keys {
  const entity = `connect2:${environment}:${kind.name}:${kind.version}:{${id}}`;
  return { value: entity, generation: `${entity}:generation` };
}

/** What is not of the shape that this release expects counts as not there. */
function parse<Value>(kind: Kind<Value>, text: string): { value: Value | undefined } | undefined {
  const json = z
    .string()
    .transform(tryJson)
    .pipe(z.object({ value: kind.shape.optional() }));
  const parsed = json.safeParse(text);
  return parsed.success ? { value: parsed.data.value } : undefined;
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// Values that were stored together must not all end together.
const jittered = (seconds: number) => Math.round(seconds * (0.9 + Math.random() * 0.2));
