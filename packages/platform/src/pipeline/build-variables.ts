import path from 'node:path';

/** What reaches the registry from here, and how; none of it changes what is made. */
const ways = [
  'HOME',
  'TMPDIR',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
];

/**
 * The variables that installing and building get, and no others: what an outer `npm start` sets (npm_config_*,
 * npm_lifecycle_*, INIT_CWD, its node_modules/.bin in PATH) or a shell has would make the same sources come out otherwise.
 * The commit is not among them, since two commits with the same sources are the same release.
 */
export const buildVariables = (
  own: Readonly<Record<string, string | undefined>>,
  stamp: string | null,
): Readonly<Record<string, string>> => {
  const variables: Record<string, string> = {};
  for (const name of ways) {
    const value = own[name];
    if (value !== undefined) variables[name] = value;
  }
  return {
    ...variables,
    PATH: cleanPath(own.PATH ?? '/usr/local/bin:/usr/bin:/bin'),
    CI: '1',
    TZ: 'UTC',
    LANG: 'C.UTF-8',
    LC_ALL: 'C.UTF-8',
    SOURCE_DATE_EPOCH: '0',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_prefer_offline: 'true',
    npm_config_update_notifier: 'false',
    ...(stamp === null ? {} : { PLUMBLINE_STAMP: stamp }),
  };
};

/** This very Node first, so that what is built with it is what the cache says it was built with. */
const cleanPath = (written: string): string => {
  const folders = written.split(path.delimiter).filter((folder) => folder !== '' && !isOfNpm(folder));
  return [...new Set([path.dirname(process.execPath), ...folders])].join(path.delimiter);
};

const isOfNpm = (folder: string): boolean =>
  folder.endsWith(path.join('node_modules', '.bin')) || folder.includes('node-gyp-bin');
