import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';

export interface Load {
  /** Ends it, waits for the last answers, and tells. */
  stop(): Promise<Loaded>;
}

export interface Loaded {
  readonly sent: number;
  /** What came instead of a whole answer of status 200. */
  readonly failures: readonly string[];
  /** Answers by what their first word was. */
  readonly answers: Readonly<Record<string, number>>;
  readonly visits: readonly Visit[];
}

/** One answer of status 200, with its times by `performance.now()`. */
export interface Visit {
  readonly startedMs: number;
  readonly endedMs: number;
  /** The first word of the answer. */
  readonly word: string;
}

export interface LoadOptions {
  readonly url: string;
  readonly connections: number;
  readonly perSecond: number;
  readonly paths: readonly string[];
}

/** Paced load on kept connections, as visitors without a cookie. */
export const startLoad = ({ url, connections, perSecond, paths }: LoadOptions): Load => {
  const pool = new Pool(url, { connections, pipelining: 1 });
  const failures: string[] = [];
  const answers: Record<string, number> = {};
  const visits: Visit[] = [];
  const stopping = new AbortController();
  let sent = 0;

  const visit = async (path: string): Promise<void> => {
    const startedMs = performance.now();
    try {
      const { statusCode, body } = await pool.request({ method: 'GET', path, headersTimeout: 20_000 });
      const text = await body.text();
      if (statusCode !== 200) return void failures.push(`${path}: ${statusCode} ${text}`);
      const word = text.split(' ')[0] ?? '';
      answers[word] = (answers[word] ?? 0) + 1;
      visits.push({ startedMs, endedMs: performance.now(), word });
    } catch (error) {
      failures.push(`${path}: ${String(error)}`);
    }
  };

  const under = new Set<Promise<void>>();
  const send = (path: string) => {
    sent += 1;
    const visiting = visit(path).finally(() => under.delete(visiting));
    under.add(visiting);
  };
  const running = (async () => {
    const begun = performance.now();
    while (!stopping.signal.aborted) {
      const due = ((performance.now() - begun) / 1000) * perSecond;
      // A machine that was busy does not get all that it missed at once: that would be another load.
      const missed = Math.min(due - sent, connections);
      for (let n = 0; n < missed; n += 1) send(paths[sent % paths.length] ?? '/');
      await pause(5);
    }
  })();

  return {
    stop: async () => {
      stopping.abort();
      await running;
      await Promise.all(under);
      await pool.close();
      return { sent, failures, answers, visits };
    },
  };
};
