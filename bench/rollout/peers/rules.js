// @ts-check
import { argo } from './argo.js';
import { flagger } from './flagger.js';

const second = 1_000;
const minute = 60 * second;

/**
 * At least 99 % of the requests well, over a window of 1 m, as in all of Flagger's tutorials. NGINX's query is for the
 * ingress; it is taken for the candidate's series here, in its favour.
 *
 * @type {import('./metric.js').Metric}
 */
const successRate = { counts: 'failed', of: 'canary', atMostPercent: 1, windowMs: minute };

/**
 * A p99 of at most 500 ms.
 *
 * @param {number} windowMs
 * @returns {import('./metric.js').Metric}
 */
const latency = (windowMs) => ({ counts: 'slow', of: 'canary', atMostPercent: 1, windowMs });

/** usage/how-it-works: 1 m, threshold 10, 5 % up to 50 %. */
export const flaggerHowItWorks = flagger({
  name: 'Flagger, how it works',
  intervalMs: minute,
  threshold: 10,
  stepPercent: 5,
  maxPercent: 50,
  metrics: [successRate, latency(minute)],
});

/** tutorials/istio- and gatewayapi-progressive-delivery: 1 m, threshold 5, 10 % up to 50 %, latency over 30 s. */
const istio = {
  name: 'Flagger, Istio or Gateway API tutorial',
  intervalMs: minute,
  threshold: 5,
  stepPercent: 10,
  maxPercent: 50,
  metrics: [successRate, latency(30 * second)],
};
export const flaggerIstio = flagger(istio);

/** tutorials/linkerd-progressive-delivery: 30 s, threshold 5, 5 % up to 50 %. */
export const flaggerLinkerd = flagger({
  name: 'Flagger, Linkerd tutorial',
  intervalMs: 30 * second,
  threshold: 5,
  stepPercent: 5,
  maxPercent: 50,
  metrics: [successRate, latency(30 * second)],
});

/** tutorials/nginx-progressive-delivery: 10 s, threshold 10, 5 % up to 50 %, with the latency check that it adds later. */
export const flaggerNginx = flagger({
  name: 'Flagger, NGINX tutorial',
  intervalMs: 10 * second,
  threshold: 10,
  stepPercent: 5,
  maxPercent: 50,
  metrics: [successRate, latency(minute)],
});

/**
 * v1beta1/canary.go: 60 s and threshold 1 when unset. Step, end and metrics have no useful default there, so they are
 * Istio's; an unset end would be 100 %, and 50 % favours the peer.
 */
export const flaggerDefault = flagger({ ...istio, name: 'Flagger, code default', threshold: 1 });

/** The floor of the interval is 10 s, the lowest useful threshold 1: nothing may be quicker. The rest as above. */
export const flaggerFastest = flagger({
  ...istio,
  name: 'Flagger, fastest legal',
  intervalMs: 10 * second,
  threshold: 1,
});

/**
 * At least 95 % well, of the service and not of the candidate: the query in features/analysis has no more. It reads the last
 * two samples within 5 m; here it has all of the 5 m, in its favour.
 */
const serviceSuccess = /** @type {const} */ ({
  counts: 'failed',
  of: 'service',
  atMostPercent: 5,
  windowMs: 5 * minute,
});

/** features/analysis, background: 20/40/60/80 % for 10 m each; from 40 % on a measurement each 5 m, failureLimit 3. */
export const argoBackgroundSettings = {
  name: 'Argo Rollouts, background analysis',
  steps: [20, 40, 60, 80].map((weightPercent) => ({ weightPercent, holdMs: 10 * minute })),
  analysis: {
    startsAtMs: 10 * minute,
    intervalMs: 5 * minute,
    failureLimit: 3,
    metric: serviceSuccess,
    failsAbovePercent: null,
  },
};
export const argoBackground = argo(argoBackgroundSettings);

/** features/analysis, at a predefined step: 20 % for 5 m, then one measurement; failureLimit is 0 when unset. */
export const argoInlineSettings = {
  name: 'Argo Rollouts, inline analysis',
  steps: [{ weightPercent: 20, holdMs: 5 * minute }],
  analysis: {
    startsAtMs: 5 * minute,
    intervalMs: null,
    failureLimit: 0,
    metric: serviceSuccess,
    failsAbovePercent: null,
  },
};
export const argoInline = argo(argoInlineSettings);

/** getting-started: 20 %, then a pause until somebody promotes. No analysis. */
export const argoGettingStarted = argo({
  name: 'Argo Rollouts, getting started',
  steps: [{ weightPercent: 20, holdMs: Number.POSITIVE_INFINITY }],
  analysis: null,
});

export const peers = [
  flaggerHowItWorks,
  flaggerIstio,
  flaggerLinkerd,
  flaggerNginx,
  flaggerDefault,
  flaggerFastest,
  argoBackground,
  argoInline,
  argoGettingStarted,
];
