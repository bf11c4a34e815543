import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EnvironmentName, ReleaseId } from '@plumbline/contract/names';
import type { Slot } from '@plumbline/contract/shape';
import type { Client, Dispatcher } from 'undici';
import { type AnswerHead, answerHead } from './answer-headers.ts';
import type { Answered } from './answered.ts';
import type { Bounds } from './bounds.ts';
import { mayAskAgain, refusalFor } from './broken-connection.ts';
import { type EventStream, followEvents } from './event-stream.ts';
import { forwardedHeaders, requestIdOf } from './forwarded-headers.ts';
import { type Link, type Links, type Live, leastBusy } from './link.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { RoutedService, Upstream } from './table.ts';
import { declaredBytes, discardRest, hasBody, openUpload, type Upload } from './upload.ts';

/** What an exchange needs of the router. */
export interface Desk {
  readonly links: Links;
  readonly bounds: Bounds;
  readonly random: () => number;
  readonly answered: (one: Answered) => void;
  /** The upstreams of the release's service by the table of this moment. */
  readonly upstreamsNow: (to: Destination) => readonly Upstream[];
}

/** Where the request goes, as it was decided in the tick in which it came. */
export interface Destination {
  readonly environment: EnvironmentName;
  readonly slot: Slot;
  readonly release: ReleaseId;
  readonly service: RoutedService;
  readonly setCookie: string | undefined;
}

type End = 'open' | 'complete' | 'broken-off' | 'client-gone';

/**
 * One request on its way to a replica and its answer on the way back. A class, and undici's older callbacks, since both
 * spare several objects for each request.
 */
export class Exchange implements Live, Dispatcher.DispatchHandler {
  readonly #desk: Desk;
  readonly #to: Destination;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #requestId: string;
  readonly #startedMs = performance.now();
  #link: Link | null = null;
  #client: Client | null = null;
  #upload: Upload | null = null;
  #end: End = 'open';
  #head: AnswerHead | null = null;
  #events: EventStream | null = null;
  #status = 0;
  #waitMs: number | null = null;
  #activeMs = this.#startedMs;
  #isSent = false;
  #isRetried = false;
  #isHeadOut = false;
  #isLeaving = false;
  #isCounted = false;
  #abort: ((reason?: Error) => void) | null = null;
  #resume: (() => void) | null = null;

  constructor(desk: Desk, to: Destination, request: IncomingMessage, response: ServerResponse) {
    this.#desk = desk;
    this.#to = to;
    this.#request = request;
    this.#response = response;
    this.#requestId = requestIdOf(request);
    response.on('close', () => this.#closed());
    // Behind another request of its connection a response gets no `close` when that connection ends.
    if (response.socket === null) request.socket.setMaxListeners(0).once('close', () => this.#closed());
  }

  /** Claims a replica before it returns, so that no switch of the table can come between. */
  begin(): void {
    const upstream = leastBusy(this.#to.service.upstreams, this.#desk.random);
    if (upstream === null) {
      const because = `no replica of ${this.#to.service.name} in ${this.#to.environment} is ready`;
      this.#refuse({ status: 503, because, retryAfterSeconds: 1 });
      return;
    }
    if ((declaredBytes(this.#request) ?? 0) > this.#desk.bounds.bodyBytes) {
      this.#tooLarge();
      return;
    }
    if (hasBody(this.#request)) {
      this.#upload = openUpload(this.#request, this.#desk.bounds.bodyBytes, () => this.#tooLarge());
    }
    this.#send(upstream);
  }

  #send(upstream: Upstream): void {
    const link = this.#desk.links.claim(upstream, this);
    const client = this.#desk.links.take(link);
    this.#link = link;
    this.#client = client;
    client.dispatch(
      {
        path: this.#request.url ?? '/',
        method: this.#request.method ?? 'GET',
        headers: forwardedHeaders(this.#request, this.#requestId),
        body: this.#upload?.body ?? null,
        blocking: false,
      },
      this,
    );
  }

  onConnect(abort: (reason?: Error) => void): void {
    if (this.#end !== 'open') {
      abort();
      return;
    }
    this.#abort = abort;
    this.#isSent = true;
  }

  onBodySent(): void {
    this.#activeMs = performance.now();
  }

  onRequestSent(): void {
    this.#activeMs = performance.now();
  }

  onHeaders(status: number, raw: Buffer[], resume: () => void, statusText: string): boolean {
    this.#activeMs = performance.now();
    if (status < 200) {
      this.#passHint(status, raw);
      return true;
    }
    const head = answerHead(raw, this.#to.release, this.#to.setCookie);
    this.#response.writeHead(status, statusText, head.headers);
    this.#head = head;
    this.#status = status;
    this.#resume = resume;
    this.#waitMs = this.#heldMs();
    if (head.isEventStream) this.#beginEvents(head);
    // A head whose body is in the same packet goes out with it.
    process.nextTick(flushHead, this);
    return true;
  }

  onData(chunk: Buffer): boolean {
    this.#activeMs = performance.now();
    if (this.#events !== null) return this.#passEvents(this.#events, chunk);
    if (this.#head?.contentLength !== chunk.length) return this.#pass(chunk);
    this.#isHeadOut = true;
    this.#response.end(chunk);
    return true;
  }

  flushHead(): void {
    if (!this.#isHeadOut && this.#end === 'open') this.#response.flushHeaders();
  }

  onComplete(trailers: string[] | null): void {
    if (this.#end !== 'open') return;
    this.#end = 'complete';
    this.#release(true);
    if (!this.#response.writableEnded) {
      if (this.#response.chunkedEncoding) this.#passTrailers(trailers);
      this.#response.end();
    }
    this.#letGo();
  }

  onError(error: Error): void {
    this.#release(false);
    // A client that leaves in the middle of its body makes undici fail first; then `close` says what it was.
    if (this.#end !== 'open' || (this.#request.destroyed && !this.#request.complete)) return;
    if (this.#head !== null) {
      this.#breakOff('broken-off');
      return;
    }
    if (!this.#retry(error)) this.#refuse(refusalFor(error, this.#to.service.name));
  }

  tell(): void {
    this.#isLeaving = true;
    if (this.#events?.isAtBoundary()) this.#endEvents();
  }

  cut(): void {
    if (this.#events !== null) this.#endEvents();
    else if (this.#head !== null) this.#breakOff('broken-off');
    else {
      const because = `the replica of ${this.#to.service.name} leaves, and had no answer in time`;
      this.#refuse({ status: 503, because, retryAfterSeconds: 1 });
    }
  }

  lookAtClock(nowMs: number): void {
    const silentMs = nowMs - this.#activeMs;
    if (this.#head !== null) {
      const mayBeSilent = this.#events !== null && !this.#response.writableNeedDrain;
      if (!mayBeSilent && silentMs > this.#desk.bounds.bodyIdleMs) this.#breakOff(this.#whoIsSlow());
    } else if (this.#awaitsClient()) {
      if (silentMs > this.#desk.bounds.bodyIdleMs) this.#refuse({ status: 408, because: 'the request did not end' });
    } else if (silentMs > this.#desk.bounds.answerWithinMs) {
      const because = `${this.#to.service.name} did not answer within ${this.#desk.bounds.answerWithinMs} ms`;
      this.#refuse({ status: 504, because });
    }
  }

  #awaitsClient(): boolean {
    return this.#upload !== null && !this.#request.complete && !this.#upload.isHeldBack();
  }

  /** How long the service has had all that came of the request. */
  #heldMs(): number {
    return performance.now() - (this.#upload?.lastByteMs() ?? this.#startedMs);
  }

  /** The waiting has ended, and no head came. */
  #endWait(): void {
    this.#waitMs ??= this.#awaitsClient() ? 0 : this.#heldMs();
  }

  #pass(chunk: Buffer): boolean {
    this.#isHeadOut = true;
    if (this.#response.write(chunk)) return true;
    this.#response.once('drain', () => {
      this.#activeMs = performance.now();
      this.#resume?.();
    });
    return false;
  }

  #beginEvents(head: AnswerHead): void {
    this.#events = followEvents(head.isEncoded);
    if (this.#isLeaving) queueMicrotask(() => this.#end === 'open' && this.#endEvents());
  }

  #passEvents(events: EventStream, chunk: Buffer): boolean {
    const length = this.#isLeaving ? events.boundaryIn(chunk) : 0;
    const passed = length > 0 ? chunk.subarray(0, length) : chunk;
    events.passed(passed);
    const goesOn = this.#pass(passed);
    if (length > 0) this.#endEvents();
    return goesOn;
  }

  /** A clean end, after which the browser connects again and finds a replica that stays. */
  #endEvents(): void {
    this.#end = 'complete';
    this.#giveUp();
    this.#response.end();
  }

  /** 102 and 103; undici takes care of the rest. */
  #passHint(status: number, raw: Buffer[]): void {
    if (this.#request.httpVersionMinor === 0) return;
    if (status === 102) this.#response.writeProcessing();
    if (status === 103) this.#response.writeEarlyHints({ link: linksIn(raw) });
  }

  #passTrailers(trailers: readonly (string | Buffer)[] | null): void {
    if (trailers === null || trailers.length === 0) return;
    const named: [string, string][] = [];
    for (let at = 0; at + 1 < trailers.length; at += 2) {
      named.push([String(trailers[at]), (trailers[at + 1] ?? '').toString('latin1')]);
    }
    this.#response.addTrailers(named);
  }

  /** At another upstream where there is one. Says whether the request is on its way again. */
  #retry(error: Error): boolean {
    const attempt = { method: this.#request.method, hasBody: this.#upload !== null, isSent: this.#isSent };
    if (this.#isRetried || !mayAskAgain(error, attempt)) return false;
    const upstreams = this.#desk.upstreamsNow(this.#to);
    const upstream = leastBusy(upstreams, this.#desk.random, this.#link?.upstream ?? null);
    if (upstream === null) return false;
    this.#isRetried = true;
    this.#isSent = false;
    this.#send(upstream);
    return true;
  }

  #tooLarge(): void {
    if (this.#head !== null) {
      this.#breakOff('client-gone');
      return;
    }
    const because = `the body is larger than ${this.#desk.bounds.bodyBytes} bytes`;
    this.#refuse({ status: 413, because });
  }

  /** An answer of ours in place of the replica's. */
  #refuse(refusal: Refusal): void {
    if (this.#end !== 'open') return;
    this.#end = refusal.status === 413 || refusal.status === 408 || refusal.status === 400 ? 'complete' : 'broken-off';
    this.#status = refusal.status;
    this.#endWait();
    this.#giveUp();
    if (refusal.status === 408) this.#response.shouldKeepAlive = false;
    refuse(this.#request, this.#response, { ...refusal, requestId: this.#requestId });
    this.#letGo();
  }

  #whoIsSlow(): 'client-gone' | 'broken-off' {
    return this.#response.writableNeedDrain ? 'client-gone' : 'broken-off';
  }

  /** The client must see that the answer is not whole, so its connection breaks too. */
  #breakOff(end: 'client-gone' | 'broken-off'): void {
    this.#end = end;
    this.#giveUp();
    // Without chunks and length, the end of the connection would pass for the end of the body.
    if (this.#request.httpVersionMinor === 0) this.#request.socket.resetAndDestroy();
    else this.#response.destroy();
  }

  /** What is left is between the client and us: to read the rest of its request, and to wait until it has read the answer. */
  #letGo(): void {
    if (!this.#request.complete) discardRest(this.#request, this.#desk.bounds.lingerMs);
    if (this.#response.writableLength > 0) this.#response.setTimeout(this.#desk.bounds.bodyIdleMs);
  }

  #giveUp(): void {
    this.#abort?.();
    this.#release(false);
    this.#upload?.body.destroy();
  }

  #release(isReusable: boolean): void {
    if (this.#link === null || this.#client === null) return;
    if (isReusable) this.#desk.links.giveBack(this.#link, this.#client);
    else this.#desk.links.drop(this.#link, this.#client);
    this.#client = null;
    this.#desk.links.release(this.#link, this);
  }

  /** The response has gone out whole, or its connection has closed under it. Called once, whichever it is. */
  #closed(): void {
    if (this.#isCounted) return;
    this.#isCounted = true;
    this.#endWait();
    const isWhole = this.#response.writableFinished;
    if (this.#end === 'open' || (this.#end === 'complete' && !isWhole)) {
      this.#end = 'client-gone';
      this.#giveUp();
    }
    this.#desk.answered({
      environment: this.#to.environment,
      release: this.#to.release,
      slot: this.#to.slot,
      service: this.#to.service.name,
      status: this.#status === 0 ? 499 : this.#status,
      complete: this.#end === 'complete',
      clientGone: this.#end === 'client-gone',
      waitMs: this.#waitMs ?? 0,
    });
  }
}

const flushHead = (exchange: Exchange): void => exchange.flushHead();

const linksIn = (raw: readonly Buffer[]): string[] => {
  const links: string[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    if (String(raw[at]).toLowerCase() === 'link') links.push(String(raw[at + 1]));
  }
  return links;
};
