import { Readable } from 'node:stream';
import type { LogLine } from '@plumbline/contract/agent';
import type { Progress } from '@plumbline/contract/delivery';
import type { InputOf, Platform } from '@plumbline/contract/platform';
import { type RouteName, routes } from '@plumbline/contract/routes';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { eventText, withHeartbeats } from './event-stream.ts';
import { inputOf } from './input.ts';
import { problemOf } from './problems.ts';

/**
 * Answers by server-sent events: `id` is the progress's `seq`, a comment now and then is a sign of life, `end` says that
 * nothing more will come, `problem` that it broke. A stream that stops with neither was cut, and may be taken up again.
 */
export const streamsOf = (app: FastifyInstance, platform: Platform, heartbeatMs: number) => {
  const closing = new AbortController();
  app.addHook('preClose', async () => closing.abort());

  return (name: RouteName, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const gone = new AbortController();
    reply.raw.on('close', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, closing.signal]);
    const events: AsyncIterable<Progress | LogLine> =
      name === 'logs' ? logsOf(platform, request, signal) : progressOf(platform, request, signal);
    const text = eventsText(withHeartbeats(events, heartbeatMs, signal), request, signal);
    return (
      reply
        .header('cache-control', 'no-store')
        .header('x-accel-buffering', 'no')
        // A kept connection would hold up the closing of the server after its stream has ended.
        .header('connection', 'close')
        .type('text/event-stream')
        .send(Readable.from(text, { highWaterMark: 64 }))
    );
  };
};

const logsOf = (platform: Platform, request: FastifyRequest, signal: AbortSignal): AsyncIterable<LogLine> =>
  // inputOf parsed it with the schemas of this route.
  platform.logs(inputOf(routes.logs, request) as InputOf<'logs'>, signal);

const progressOf = (platform: Platform, request: FastifyRequest, signal: AbortSignal): AsyncIterable<Progress> => {
  // inputOf parsed it with the schemas of this route.
  const query = inputOf(routes.events, request) as InputOf<'events'>;
  const last = request.headers['last-event-id'];
  // A browser that reconnects repeats the address it began with, so the header is the later word.
  return platform.events(
    typeof last === 'string' && /^\d{1,15}$/.test(last) ? { ...query, after: Number(last) } : query,
    signal,
  );
};

async function* eventsText(
  events: AsyncIterable<Progress | LogLine | 'heartbeat'>,
  request: FastifyRequest,
  signal: AbortSignal,
): AsyncGenerator<string> {
  try {
    for await (const event of events) {
      if (event === 'heartbeat') yield ': still here\n\n';
      else yield eventText({ ...('seq' in event && { id: event.seq }), data: event });
    }
    if (!signal.aborted) yield eventText({ event: 'end', data: {} });
  } catch (error) {
    // The head is sent, so the problem travels in the stream; whoever left does not need it.
    if (signal.aborted) return;
    const problem = problemOf(error instanceof Error ? error : new Error(String(error)), request.id);
    if (problem.status >= 500) request.log.error({ err: error, url: request.url }, 'stream failed');
    yield eventText({ event: 'problem', data: problem });
  }
}
