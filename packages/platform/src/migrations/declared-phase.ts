import { Failure } from '@plumbline/contract/failure';
import { type Phase, phase, phases } from '@plumbline/contract/release';

const declares =
  /^\s*(?:export\s+(?:const|let|var)\s+|(?:module\.)?exports\.)phase\s*(?::[^=]*)?=\s*(["'`])([^"'`\n]*)\1/m;

/** The phase that a migration file declares: read from its text, since nobody runs an app's code to plan. Throws `build-failed` for a phase that there is not. */
export const declaredPhase = (name: string, text: string): Phase | null => {
  const written = declares.exec(text)?.[2];
  if (written === undefined) return null;
  const parsed = phase.safeParse(written);
  if (parsed.success) return parsed.data;
  throw new Failure('build-failed', `${name} declares the phase "${written}", which there is not`, {
    hint: `export const phase = ${phases.map((one) => `'${one}'`).join(' or ')}`,
  });
};
