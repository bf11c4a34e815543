import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const backend = process.env.BACKEND_URL ?? 'http://localhost:3000';

export default defineConfig({
  // Relative, because the release, and with it the address of the assets, is known only to the server that serves them.
  base: './',
  plugins: [react(), developmentAnswers()],
  define: { __STAMP__: JSON.stringify(process.env.PLUMBLINE_STAMP || null) },
  server: { proxy: { '/api': backend } },
});

/** What our own server answers in a delivered release, for `npm run dev`. */
function developmentAnswers(): Plugin {
  const answers: Record<string, object> = {
    '/version.json': { version: 'development', commit: null, release: null, stamp: null },
    '/settings.json': { environment: 'development' },
  };
  return {
    name: 'development-answers',
    configureServer: ({ middlewares }) => {
      middlewares.use((request, response, next) => {
        const answer = answers[request.url ?? ''];
        if (!answer) return next();
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(answer));
      });
    },
  };
}
