// @ts-check
import { createCounting } from '@plumbline/agent/router/counts';
import { createRouter } from '@plumbline/agent/router/router';
import { createSlotCounting } from '@plumbline/agent/router/slot-counting';

/** The router as the agent runs it: two slots in a rollout, two services, counts. Argument: the upstream's port. */
const upstream = (/** @type {string} */ replica) => ({ replica, port: Number(process.argv[2]), inFlight: 0 });
/** @param {string} release */
const services = (release) => [
  { name: 'frontend', route: '/', assets: '/assets', upstreams: [upstream(`${release}-1`), upstream(`${release}-2`)] },
  { name: 'backend', route: '/api', assets: null, upstreams: [upstream(`${release}-3`), upstream(`${release}-4`)] },
];
/** @param {'blue' | 'green'} slot @param {string} release */
const slotOf = (slot, release) => ({ slot, release, services: services(release) });

const counting = createCounting();
const ofSlots = createSlotCounting();
const router = createRouter({
  answered: (one) => {
    counting.add(one);
    ofSlots.add(one);
  },
});
// The ids are typed by the schemas that parse them; these are written as those would give them.
router.route(
  /** @type {any} */ ({
    environment: 'production',
    hosts: ['production.localhost', '127.0.0.1', 'localhost'],
    rollout: 'd-1',
    stable: slotOf('blue', 'r-000000000001'),
    candidate: slotOf('green', 'r-000000000002'),
    candidateWeightPercent: 0,
    cohort: null,
    drainWithinMs: 10_000,
  }),
);
process.send?.({ port: await router.listen(0) });
process.on('disconnect', () => process.exit());
