import { Failure } from '@plumbline/contract/failure';
import { jsonText } from '../kernel/json-text.ts';
import type { Place, RenderedFile } from './renderer.ts';
import { renderers } from './renderers/index.ts';

/** Lists what was rendered last, so that what is not rendered any more is found and removed. */
export const renderedList = '.rendered.json';

/**
 * Every file that follows from the description, by path, with what is copied beside it and the list of them all. Throws `bug`
 * for two of one path.
 */
export const renderAll = (
  places: readonly Place[],
  vendored: readonly RenderedFile[] = [],
): readonly RenderedFile[] => {
  const files = [...Object.values(renderers).flatMap((render) => render(places)), ...vendored];
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)));
  const twice = sorted.find(({ path }, index) => sorted[index + 1]?.path === path);
  if (twice) throw new Failure('bug', `${twice.path} is rendered twice`);
  return [...sorted, { path: renderedList, content: jsonText(sorted.map(({ path }) => path)) }];
};

/** Whether a rendered file is one environment's own, rather than several's. */
export const isOf = ({ path }: RenderedFile, { names }: Place): boolean =>
  path.split('/').some((part) => part === names.environment || part === names.folder);
