// @ts-check
import { cpuSeconds, load, pace, startNginx, startProgram } from './processes.js';

/** @typedef {import('./processes.js').Running} Running */
/** @typedef {{ what: string, value: number | null, unit: string, against: string, ratio: number | null, goal: string | null, met: boolean | null }} Row */
/** @typedef {{ cpuMicros: number, perSecond: number, addedMs: number }} Measured */

const connections = 40;
/** Requests a second at which the added latency is taken: as the demo's load, far from saturation. */
const pacedRate = 400;

/**
 * What the router costs beside nginx and http-proxy: all proxies in one run, each in a process of its own, in turns.
 * @param {{ log: (line: string) => void, quick: boolean, signal: AbortSignal }} how
 * @returns {Promise<{ name: string, rows: Row[] }>}
 */
export const run = async ({ log, quick, signal }) => {
  const [rounds, seconds] = quick ? [1, 1] : [5, 4];
  /** @type {Running[]} */
  const running = [];
  try {
    const upstream = await startProgram('upstream', 'upstream.js');
    running.push(upstream);
    const router = await startProgram('plumbline', 'through-plumbline.js', [upstream.port]);
    running.push(router);
    const httpProxy = await startProgram('http-proxy, keep-alive agent', 'through-http-proxy.js', [upstream.port]);
    running.push(httpProxy);
    const nginx = await startNginx(upstream.port);
    if ('pid' in nginx) running.push(nginx);
    const proxies = running.slice(1);
    for (const proxy of proxies) {
      log(`router: ${proxy.name} warms up`);
      await warmUp(proxy, quick ? 1 : 60_000, seconds, signal);
    }
    const measured = await measure({ proxies, upstream, rounds, seconds, log, signal });
    const rows = rowsOf(measured, nginx);
    // A second of load compiles too little to be judged by.
    return { name: 'router', rows: quick ? rows.map((row) => ({ ...row, met: null })) : rows };
  } finally {
    await Promise.all(running.map((one) => one.end()));
  }
};

/**
 * By requests and not by time: until V8 has compiled what is hot, a request costs two to three times as much, and on a
 * busy machine that takes long.
 * @param {Running} proxy @param {number} requests @param {number} seconds @param {AbortSignal} signal
 */
const warmUp = async ({ name, port }, requests, seconds, signal) => {
  for (let asked = 0; asked < requests; ) {
    const flat = await load(port, { seconds, connections, signal });
    if (flat.failed > 0 || flat.requests === 0)
      throw new Error(`${name} does not answer: ${flat.failed} requests failed`);
    asked += flat.requests;
  }
};

/**
 * @param {{ proxies: readonly Running[], upstream: Running, rounds: number, seconds: number, log: (line: string) => void, signal: AbortSignal }} what
 * @returns {Promise<Map<string, Measured[]>>}
 */
const measure = async ({ proxies, upstream, rounds, seconds, log, signal }) => {
  /** @type {Map<string, Measured[]>} */
  const measured = new Map(proxies.map(({ name }) => [name, []]));
  for (let round = 1; round <= rounds; round += 1) {
    const direct = await pace(upstream.port, { seconds, connections, rate: pacedRate, signal });
    for (const proxy of proxies) {
      const one = await measureOne(proxy, direct.medianMs, seconds, signal);
      measured.get(proxy.name)?.push(one);
      log(
        `router: round ${round} of ${rounds}: ${proxy.name}: ${one.cpuMicros.toFixed(1)} µs a request, ${one.perSecond.toFixed(0)}/s`,
      );
    }
  }
  return measured;
};

/** @param {Running} proxy @param {number} directMs @param {number} seconds @param {AbortSignal} signal @returns {Promise<Measured>} */
const measureOne = async (proxy, directMs, seconds, signal) => {
  const before = await cpuSeconds(proxy.pid);
  const flat = await load(proxy.port, { seconds, connections, signal });
  const used = (await cpuSeconds(proxy.pid)) - before;
  if (flat.failed > 0) throw new Error(`${flat.failed} requests through ${proxy.name} failed`);
  const paced = await pace(proxy.port, { seconds, connections, rate: pacedRate, signal });
  return { cpuMicros: (used / flat.requests) * 1e6, perSecond: flat.perSecond, addedMs: paced.medianMs - directMs };
};

/** @param {Map<string, Measured[]>} measured @param {Running | { because: string }} nginx @returns {Row[]} */
const rowsOf = (measured, nginx) => {
  const ours = measured.get('plumbline') ?? [];
  const httpProxy = measured.get('http-proxy, keep-alive agent') ?? [];
  const ofNginx = measured.get('nginx, one worker') ?? [];
  const cpu = 'processor time a request';
  return [
    'because' in nginx
      ? notMeasured(cpu, `nginx, one worker: not measured: ${nginx.because}`)
      : cpuRow(cpu, ours, ofNginx, 'nginx, one worker', 3.5),
    cpuRow(cpu, ours, httpProxy, 'http-proxy, keep-alive agent', 0.6),
    ...[...measured].map(([name, rounds]) =>
      shown(`added median latency at ${pacedRate}/s, ${name}`, rounds, 'addedMs', 'ms'),
    ),
    ...[...measured].map(([name, rounds]) => shown(`throughput, ${name}`, rounds, 'perSecond', '1/s')),
  ];
};

/**
 * The ratio is taken within each round, since what else the machine does changes from one to the next.
 * @param {string} what @param {readonly Measured[]} ours @param {readonly Measured[]} theirs @param {string} name @param {number} goal
 * @returns {Row}
 */
const cpuRow = (what, ours, theirs, name, goal) => {
  const ratio = median(ours.map(({ cpuMicros }, round) => cpuMicros / (theirs[round]?.cpuMicros ?? Number.NaN)));
  const against = `${name}: ${median(theirs.map(({ cpuMicros }) => cpuMicros)).toFixed(1)} µs`;
  const value = median(ours.map(({ cpuMicros }) => cpuMicros));
  return {
    what,
    value: rounded(value),
    unit: 'µs',
    against,
    ratio: rounded(ratio),
    goal: `≤ ${goal}`,
    met: ratio <= goal,
  };
};

/** @param {string} what @param {string} against @returns {Row} */
const notMeasured = (what, against) => ({
  what,
  value: null,
  unit: 'µs',
  against,
  ratio: null,
  goal: '≤ 3.5',
  met: null,
});

/** @param {string} what @param {readonly Measured[]} rounds @param {keyof Measured} of @param {string} unit @returns {Row} */
const shown = (what, rounds, of, unit) => {
  const against = of === 'addedMs' ? 'the upstream without a proxy' : 'shown, not judged';
  return {
    what,
    value: rounded(median(rounds.map((one) => one[of]))),
    unit,
    against,
    ratio: null,
    goal: null,
    met: null,
  };
};

/** @param {readonly number[]} values */
const median = (values) => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;

/** @param {number} value */
const rounded = (value) => Math.round(value * 1000) / 1000;
