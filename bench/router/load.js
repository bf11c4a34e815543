// @ts-check
import autocannon from 'autocannon';

/** Loads one port with as much as it takes, and tells its parent. Arguments: port, seconds, connections. */
const [port, seconds, connections] = process.argv.slice(2).map(Number);
const options = {
  url: `http://127.0.0.1:${port}/api/projects?status=open`,
  connections,
  duration: seconds,
  headers: { accept: 'application/json', 'user-agent': 'bench', cookie: 'session=0123456789abcdef' },
};
const { errors, timeouts, non2xx, duration, '2xx': requests } = await autocannon(options);
process.send?.({ requests, failed: errors + timeouts + non2xx, perSecond: requests / duration });
