import type { ProblemCode } from './problem.ts';

/** What a caller cannot answer itself: a code from `problem.ts`, what happened to which thing, and what to do next. */
export class Failure extends Error {
  readonly code: ProblemCode;
  readonly hint: string | undefined;

  constructor(code: ProblemCode, message: string, more: { readonly cause?: unknown; readonly hint?: string } = {}) {
    super(message, more.cause === undefined ? {} : { cause: more.cause });
    this.name = 'Failure';
    this.code = code;
    this.hint = more.hint;
  }
}
