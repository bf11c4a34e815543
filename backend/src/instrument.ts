// Preloaded before anything else (`node --import ./dist/instrument.js dist/main.js`), since the tracer can only watch
// modules that are loaded after it. Where no agent is configured it costs nothing.
if (process.env.DD_AGENT_HOST) {
  process.env.DD_SERVICE ??= 'connect2-backend';
  process.env.DD_ENV ??= process.env.APP_ENV ?? 'development';
  process.env.DD_VERSION ??= process.env.APP_VERSION ?? '2.0.0';
  process.env.DD_LOGS_INJECTION ??= 'true';
  await import('dd-trace/initialize.mjs');
}
