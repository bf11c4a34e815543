import { type Manifest, titleOf } from '../manifest.ts';
import type { Broken } from '../rules/rule.ts';
import { fieldsOf, watched } from './fields.ts';
import { models, openFields } from './kinds.ts';

/**
 * What the schemas of the objects' kinds say against them, unknown fields included. An API server drops those in silence, or
 * refuses the whole object. The validators of kubernetes-models are compiled from the OpenAPI and CRD schemas: they read
 * each field that the schema knows and no other, so that a field which was never read is one that it does not know.
 */
export const checkStrictly = async (all: readonly Manifest[]): Promise<readonly Broken[]> =>
  (await Promise.all(all.map(checkOne))).flat();

const checkOne = async (manifest: Manifest): Promise<readonly Broken[]> => {
  const object = titleOf(manifest);
  const kind = `${manifest.apiVersion} ${manifest.kind}`;
  const model = await models[kind]?.();
  if (!model) return [{ object, message: `${kind} is of no known kind` }];
  const read = new Set<string>();
  const wrong = complaint(() => model.prototype.validate.call(watched(manifest, read)));
  return [
    ...(wrong === undefined ? [] : [{ object, message: wrong }]),
    ...unknownFields(manifest, read).map((path) => ({ object, message: `unknown field ${path}` })),
  ];
};

const complaint = (validate: () => void): string | undefined => {
  try {
    validate();
    return undefined;
  } catch (error) {
    if (error instanceof Error && 'errors' in error) return error.message;
    throw error;
  }
};

/** The outermost alone: what is inside of one is as unknown. */
const unknownFields = (manifest: Manifest, read: ReadonlySet<string>): readonly string[] => {
  const open = openFields[manifest.kind ?? ''];
  const unread = fieldsOf(manifest, (path) => open?.test(path) ?? false).filter((path) => !read.has(path));
  return unread.filter((path) => !unread.some((outer) => path.startsWith(`${outer}/`)));
};
