import type { Renderer } from '../renderer.ts';

/** Everything that is rendered; the name says what, for messages. */
export const renderers: Readonly<Record<string, Renderer>> = {};
