const HIDDEN = '•••';
const SECRET = /password|secret|token|authorization|cookie|idempotency.?key/i;
// Addresses of people, and of our own machines, are left out altogether.
const LEFT_OUT = /^(ip|ips|ip_?address|remote_?address|client_?ip|x-forwarded-for|host|hostname|database_?host)$/i;
const CREDENTIALS_IN_URL = /(\w+:\/\/)[^\s/@]+@[^\s/:]+/g;
// Node writes the other side's address into the message of a failed connection.
const OTHER_SIDE = /\b(connect|getaddrinfo) (\w+) \S+/g;
const DEPTH = 4;

/** Copies fields for a log line, without secrets, addresses, and the endless depth of foreign objects. */
export function redact(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return redactObject(fields, DEPTH);
}

function redactObject(fields: object, depth: number): Record<string, unknown> {
  const kept = Object.entries(fields).filter(([name]) => !LEFT_OUT.test(name));
  return Object.fromEntries(
    kept.map(([name, value]) => [name, SECRET.test(name) ? HIDDEN : redactValue(value, depth)]),
  );
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactText(value);
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Error) return describeError(value);
  if (value instanceof Date) return value.toISOString();
  if (depth === 0) return '[…]';
  if (Array.isArray(value)) return value.map((item) => redactValue(item, depth - 1));
  return redactObject(value, depth - 1);
}

const redactText = (text: string) =>
  text.replace(CREDENTIALS_IN_URL, `$1${HIDDEN}`).replace(OTHER_SIDE, `$1 $2 ${HIDDEN}`);

function describeError(error: Error): Record<string, unknown> {
  const code = 'code' in error ? { code: error.code } : {};
  return { name: error.name, ...code, message: redactValue(error.message, 0), stack: redactValue(error.stack, 0) };
}
