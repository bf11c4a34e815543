/** What npm adds for the scripts it runs. Builds that Plumbline starts are not part of that npm run. */
const addedByNpm = /^(npm_.*|INIT_CWD|NODE|COLOR)$/i;

/** The variables that agent and control plane inherit: the person's own, without npm's. */
export const childVariables = (
  env: Readonly<Record<string, string | undefined>>,
  own: Readonly<Record<string, string>>,
): Record<string, string> => {
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && !addedByNpm.test(name)) variables[name] = value;
  }
  return { ...variables, ...own };
};
