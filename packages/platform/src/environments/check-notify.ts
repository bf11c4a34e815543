import { nameOf } from '../monitoring/receivers.ts';
import type { Description } from './description.ts';
import { suggestion } from './did-you-mean.ts';
import type { Finding } from './finding.ts';
import { errorAt, type Located } from './located.ts';

/** Who is told: whether each has a name of its own, and environments that are on the path. */
export const checkNotify = (app: Located<Description>): readonly Finding[] => {
  const { notify, path } = app.value;
  const taken = new Set<string>();
  return notify.flatMap((one, index) => {
    const name = nameOf(one);
    const isTaken = taken.has(name);
    taken.add(name);
    const unknown = (one.environments ?? []).flatMap((environment, at) =>
      path.includes(environment)
        ? []
        : [
            errorAt(
              app,
              ['notify', index, 'environments', at],
              `"${environment}" is not on the path${suggestion(environment, path)}`,
            ),
          ],
    );
    if (!isTaken) return unknown;
    return [...unknown, errorAt(app, ['notify', index], `another notifier is called ${name}: give this one a "name"`)];
  });
};
