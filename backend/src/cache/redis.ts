import { Redis } from 'ioredis';
import type { Log } from '../logging/log.ts';
import { createBreaker } from './breaker.ts';

const COMMAND_DEADLINE_MS = 100;
const LONGEST_RETRY_MS = 3_000;

/** Redis as something that may be away: a command has its result, or there is none. */
export interface FailOpenRedis {
  attempt<Result>(command: (redis: Redis) => Promise<Result>): Promise<{ readonly result: Result } | undefined>;
  isUp(): boolean;
  onUp(listener: () => void): void;
  close(): void;
}

export function openRedis(url: string, log: Log): FailOpenRedis {
  const redis = new Redis(url, {
    commandTimeout: COMMAND_DEADLINE_MS,
    connectTimeout: 2_000,
    // While it is away nothing waits for it: the database answers instead.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, LONGEST_RETRY_MS),
  });
  const breaker = createBreaker({ failures: 3, pauseMs: 1_000 });
  let lastError: unknown;
  redis.on('error', (error) => {
    lastError = error;
  });
  redis.on('ready', () => log.info('connected to the cache'));
  redis.on('close', () => log.warn('lost the cache; reading from the database', { error: lastError }));

  return {
    attempt: async (command) => {
      if (redis.status !== 'ready' || !breaker.mayTry(Date.now())) return undefined;
      try {
        const result = await command(redis);
        breaker.succeeded();
        return { result };
      } catch (error) {
        const wasOpen = breaker.isOpen();
        breaker.failed(Date.now());
        if (!wasOpen && breaker.isOpen()) log.warn('the cache keeps failing; leaving it alone', { error });
        return undefined;
      }
    },
    isUp: () => redis.status === 'ready' && !breaker.isOpen(),
    onUp: (listener) => void redis.on('ready', listener),
    close: () => redis.disconnect(),
  };
}
