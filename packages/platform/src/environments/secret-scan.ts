import path from 'node:path';

/** A secret in a text. What it is, never the secret itself. */
export interface FoundSecret {
  readonly rule: string;
  readonly what: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** What secretlint's recommended rules find in a text. */
export const scanForSecrets = async (file: string, text: string): Promise<readonly FoundSecret[]> => {
  // Loaded when first asked: starting the control plane needs none of it.
  const [{ lintSource }, { creator }, { secretLintProfiler }] = await Promise.all([
    import('@secretlint/core'),
    import('@secretlint/secretlint-rule-preset-recommend'),
    import('@secretlint/profiler'),
  ]);
  // It keeps a mark of each rule and file for ever and goes through all of them at the next (secretlint issue 1633).
  secretLintProfiler.mark = () => undefined;
  const { messages } = await lintSource({
    source: { filePath: path.resolve('/', file), content: text, ext: path.extname(file), contentType: 'text' },
    options: {
      config: { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator }] },
      maskSecrets: true,
    },
  });
  return messages.map(({ ruleId, messageId, message, loc }) => ({
    rule: ruleId.replace(/^@secretlint\/secretlint-rule-/, ''),
    what: withoutValue(message, messageId),
    line: loc.start.line,
    column: loc.start.column + 1,
  }));
};

const withoutValue = (message: string, messageId: string): string => /^found ([^:]+):/i.exec(message)?.[1] ?? messageId;
