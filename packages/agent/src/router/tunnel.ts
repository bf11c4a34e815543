import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { answerHead } from './answer-headers.ts';
import type { Desk, Destination } from './exchange.ts';
import { forwardedHeaders, requestIdOf } from './forwarded-headers.ts';
import { type Link, type Live, leastBusy } from './link.ts';
import { type Refusal, refusalText } from './refusal.ts';
import { hasBody } from './upload.ts';
import { type Frames, followFrames, goingAway } from './web-socket-frames.ts';

/** One connection that asked for another protocol, and after the replica's 101 the bytes of both ways. */
export class Tunnel implements Live {
  readonly #desk: Desk;
  readonly #to: Destination;
  readonly #request: IncomingMessage;
  readonly #client: Socket;
  readonly #startedMs = performance.now();
  readonly #requestId: string;
  #link: Link | null = null;
  #asking: ClientRequest | null = null;
  #replica: Duplex | null = null;
  /** Of a WebSocket; what another protocol says at its end is not known here. */
  #frames: Frames | null = null;
  #status = 0;
  #waitMs: number | null = null;
  #isBroken = false;
  #isLeaving = false;
  #isTold = false;

  constructor(desk: Desk, to: Destination, request: IncomingMessage, client: Socket) {
    this.#desk = desk;
    this.#to = to;
    this.#request = request;
    this.#client = client;
    this.#requestId = requestIdOf(request);
    client.on('close', () => this.#closed());
    // Its `close` follows and says all that matters.
    client.on('error', () => this.#replica?.destroy());
  }

  /** `early` is what the client sent behind its request's head. */
  begin(early: Buffer): void {
    const upstream = leastBusy(this.#to.service.upstreams, this.#desk.random);
    if (upstream === null) {
      const because = `no replica of ${this.#to.service.name} in ${this.#to.environment} is ready`;
      this.#refuse({ status: 503, because, retryAfterSeconds: 1 });
      return;
    }
    if (hasBody(this.#request)) {
      this.#refuse({ status: 400, because: 'a request to upgrade may have no body' });
      return;
    }
    this.#link = this.#desk.links.claim(upstream, this);
    this.#asking = http.request({
      host: '127.0.0.1',
      port: upstream.port,
      method: this.#request.method,
      path: this.#request.url,
      headers: this.#askingHeaders(),
      agent: false,
      maxHeaderSize: this.#desk.bounds.headerBytes,
    });
    this.#asking.on('upgrade', (answer, replica, first) => this.#open(answer, replica, first, early));
    this.#asking.on('response', (answer) => this.#decline(answer));
    this.#asking.on('error', () => this.#fail(502, `${this.#to.service.name} broke off before it had answered`));
    this.#asking.end();
  }

  tell(): void {
    this.#isLeaving = true;
    if (this.#frames?.isBetweenMessages()) this.#sayGoingAway(this.#frames);
  }

  cut(): void {
    if (this.#status === 0) {
      this.#fail(503, `the replica of ${this.#to.service.name} leaves`);
      return;
    }
    if (this.#frames?.isBetweenFrames()) this.#sayGoingAway(this.#frames);
    this.#isBroken = !this.#isTold;
    this.#end();
  }

  lookAtClock(nowMs: number): void {
    const { answerWithinMs } = this.#desk.bounds;
    if (this.#status !== 0 || nowMs - this.#startedMs <= answerWithinMs) return;
    this.#fail(504, `${this.#to.service.name} did not answer within ${answerWithinMs} ms`);
  }

  #askingHeaders(): string[] {
    const headers = forwardedHeaders(this.#request, this.#requestId);
    headers.push('connection', 'upgrade', 'upgrade', this.#request.headers.upgrade ?? '');
    return headers;
  }

  #open(answer: IncomingMessage, replica: Duplex, first: Buffer, early: Buffer): void {
    this.#replica = replica;
    this.#hasStatus(101);
    if (answer.headers.upgrade?.toLowerCase() === 'websocket') this.#frames = followFrames();
    const headers = answerHead(answer.rawHeaders, this.#to.release, this.#to.setCookie).headers;
    headers.push('connection', 'upgrade', 'upgrade', answer.headers.upgrade ?? '');
    this.#client.write(headText(answer, headers), 'latin1');
    this.#client.setKeepAlive(true, 60_000);
    replica.on('error', () => this.#breakOff());
    replica.on('data', (chunk: Buffer) => this.#pass(chunk));
    replica.on('end', () => void this.#client.end());
    replica.on('close', () => this.#end());
    this.#client.on('drain', () => replica.resume());
    if (first.length > 0) this.#pass(first);
    if (early.length > 0) replica.write(early);
    this.#client.pipe(replica);
    if (this.#isLeaving) this.tell();
  }

  #pass(chunk: Buffer): void {
    // Nothing may follow a close frame.
    if (this.#isTold) return;
    const frames = this.#frames;
    const length = this.#isLeaving && frames !== null ? frames.boundaryIn(chunk) : 0;
    const passed = length > 0 ? chunk.subarray(0, length) : chunk;
    frames?.passed(passed);
    if (!this.#client.write(passed)) this.#replica?.pause();
    if (length > 0 && frames !== null) this.#sayGoingAway(frames);
  }

  /** The client answers with its own close frame, which reaches the replica as any other and ends both connections. */
  #sayGoingAway(frames: Frames): void {
    if (this.#isTold || frames.hasClosed()) return;
    this.#isTold = true;
    this.#client.write(goingAway);
    this.#replica?.resume();
  }

  /** The replica does not want the other protocol: its answer, and the end of the connection. */
  #decline(answer: IncomingMessage): void {
    this.#hasStatus(answer.statusCode ?? 502);
    const headers = answerHead(answer.rawHeaders, this.#to.release, this.#to.setCookie).headers;
    headers.push('connection', 'close');
    this.#client.write(headText(answer, headers), 'latin1');
    answer.on('error', () => this.#breakOff());
    answer.pipe(this.#client);
  }

  #hasStatus(status: number): void {
    this.#status = status;
    this.#waitMs = performance.now() - this.#startedMs;
  }

  #fail(status: number, because: string): void {
    if (this.#status !== 0) {
      this.#breakOff();
      return;
    }
    this.#isBroken = true;
    this.#refuse({ status, because, ...(status === 503 ? { retryAfterSeconds: 1 } : {}) });
  }

  #refuse(refusal: Refusal): void {
    this.#hasStatus(refusal.status);
    this.#isBroken ||= refusal.status >= 500;
    this.#giveUp();
    this.#client.end(refusalText(this.#request.headers.accept, { ...refusal, requestId: this.#requestId }));
    this.#client.on('finish', () => this.#client.destroySoon());
  }

  #breakOff(): void {
    this.#isBroken = true;
    this.#giveUp();
    this.#client.destroy();
  }

  /** Gives the replica back, and the client what is still to be sent to it, for as long as it takes to read that. */
  #end(): void {
    this.#giveUp();
    this.#client.destroySoon();
    setTimeout(() => this.#client.destroy(), this.#desk.bounds.lingerMs).unref();
  }

  #giveUp(): void {
    if (this.#link !== null) this.#desk.links.release(this.#link, this);
    this.#asking?.destroy();
    this.#replica?.destroy();
  }

  #closed(): void {
    this.#giveUp();
    this.#desk.answered({
      environment: this.#to.environment,
      release: this.#to.release,
      slot: this.#to.slot,
      service: this.#to.service.name,
      status: this.#status === 0 ? 499 : this.#status,
      complete: this.#status !== 0 && !this.#isBroken,
      clientGone: this.#status === 0,
      waitMs: this.#waitMs ?? performance.now() - this.#startedMs,
    });
  }
}

const headText = (answer: IncomingMessage, headers: readonly string[]): string => {
  let text = `HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\n`;
  for (let at = 0; at + 1 < headers.length; at += 2) text += `${headers[at]}: ${headers[at + 1]}\r\n`;
  return `${text}\r\n`;
};
