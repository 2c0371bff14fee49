import { backoff, here, type Environment } from './environment.js';

type Data = string | ArrayBuffer | Uint8Array;
type Answer = { status: number; header(name: string): string | null; body: string | ArrayBuffer };

/** What a {@link LongPollSocket} needs beside its address. */
export interface LongPollOptions {
  /** Whether cookies go along to another origin, as of `fetch`. Default `same-origin`. */
  credentials?: RequestCredentials;
  /** Where it runs. Default: here. */
  environment?: Environment;
}

const connecting = 0, open = 1, closing = 2, closed = 3;

/** A poll is held for 25 s; after 10 more its answer is lost. */
const pollPatience = 35_000;
const sendPatience = 10_000;

/** A session without a request ends after 45 s. So when polls get nowhere for that and their own time, there is none to come back to. */
const longestTrouble = pollPatience + 45_000;

/** Seconds that a poll may be held, and from when on one that ends without an answer was cut by something in between. */
const longestHold = 25, shortestCut = 2;

/** What goes together into one request beyond its first message: the server takes 64 KiB by default. */
const maxJoined = 16_384;

const abnormal = 1006, tooBig = 1009;

/**
 * Long polling in the shape of a WebSocket, for the official SDK.
 *
 * It keeps the client's side of docs/protocol/long-polling.md: batches are taken once and in order, and what is sent is sent again, the
 * same bytes with the same number, until it is answered. It opens when the server has answered a first request, so that an SDK which tries
 * one transport after the other goes on where this one does not get through either.
 */
export class LongPollSocket {
  onopen: ((event: { type: 'open' }) => void) | null = null;
  onmessage: ((event: { type: 'message'; data: string | ArrayBuffer }) => void) | null = null;
  onerror: ((event: { type: 'error' }) => void) | null = null;
  onclose: ((event: { type: 'close'; code: number; reason: string; wasClean: boolean }) => void) | null = null;
  binaryType = 'arraybuffer';
  readyState: number = connecting;

  private readonly environment: Environment;
  private readonly credentials: RequestCredentials;
  private readonly isBinary: boolean;
  private readonly stop = new AbortController();
  private readonly leave = () => this.end();
  private session: Record<string, string> | undefined;
  private isEnding = false;
  private batch = 1;
  private sequence = 0;
  private waiting: Data[] = [];
  private sending: Promise<void> | undefined;

  constructor(readonly url: string, protocol?: string | string[], options: LongPollOptions = {}) {
    this.environment = options.environment ?? here;
    this.credentials = options.credentials ?? 'same-origin';
    this.isBinary = !!protocol?.includes('centrifuge-protobuf');
    void this.begin();
  }

  /** Hands over messages; those that are said while others are on their way go together. */
  send(data: Data): void {
    if (this.readyState === connecting) throw new Error('The socket is not open yet.');
    if (this.readyState !== open) return;
    this.waiting.push(data);
    this.sending ??= this.sendAll().finally(() => { this.sending = undefined; });
  }

  /** Sends what waits, and ends the session. */
  close(code = 1000, reason = ''): void {
    if (this.readyState >= closing) return;
    this.readyState = closing;
    void (async () => {
      // A WebSocket too sends first what was handed over before; but who does not get it in time is not waited for.
      await (this.sending && Promise.race([this.sending, this.pause(sendPatience)]));
      this.end();
      this.finish(code, reason, true);
    })();
  }

  private async begin(): Promise<void> {
    this.environment.window?.addEventListener('pagehide', this.leave);
    const answer = await this.request('OPTIONS', {}, undefined, sendPatience);
    if (this.readyState !== connecting) return;
    if (!answer || answer.status >= 300) return this.finish(abnormal, `long polling: ${describe(answer)}`);
    this.readyState = open;
    this.onopen?.({ type: 'open' });
  }

  private async sendAll(): Promise<void> {
    while (this.waiting.length && !this.isEnding && this.readyState < closed) {
      const body = this.join();
      await (this.session ? this.sendNumbered(body) : this.openSession(body));
    }
  }

  private async openSession(body: Data): Promise<void> {
    // It has no number, so it is not repeated: the SDK connects anew, and subscribes again.
    const answer = await this.request('POST', this.contentType(), body, pollPatience);
    const session = answer?.header('Parley-Session'), node = answer?.header('Parley-Node');
    // Also where the first replies took too long and it is given up here: then it is ended on the server.
    if (session && node) this.session = { 'Parley-Session': session, 'Parley-Node': node };
    if (answer?.status !== 200 || !this.session) return this.finish(codeOf(answer), `open: ${describe(answer)}`);

    if (this.readyState >= closing) return; // ended meanwhile: whoever closes it tells the server
    this.take(answer);
    if (this.readyState === open) void this.poll();
  }

  private async sendNumbered(body: Data): Promise<void> {
    const headers = { ...this.session, ...this.contentType(), 'Parley-Seq': `${++this.sequence}` };
    for (let failures = 0; this.readyState < closed;) {
      const answer = await this.request('POST', headers, body, sendPatience);
      if (answer?.status === 204 || answer?.status === 410) return;
      if (answer && answer.status >= 400 && answer.status < 500 && answer.status !== 429)
        return this.finish(codeOf(answer), `send: ${describe(answer)}`);
      await this.pause(this.retryAfter(answer) + this.backoff(++failures));
    }
  }

  private async poll(): Promise<void> {
    let failures = 0, cuts = 0, wait = longestHold, heard = this.environment.now();
    while (this.readyState === open) {
      const headers: Record<string, string> = { ...this.session, 'Parley-Ack': `${this.batch}` };
      if (wait < longestHold) headers['Parley-Wait'] = `${wait}`;
      const began = this.environment.now();
      const answer = await this.request('POST', headers, undefined, pollPatience);
      if (this.readyState !== open) return;
      const status = answer?.status ?? 0, isNext = status === 200 && Number(answer!.header('Parley-Batch')) === this.batch + 1;
      const held = Math.floor((this.environment.now() - began) / 1000);
      if (isNext || status === 204 || status === 409) heard = this.environment.now();
      if (isNext || status === 204) failures = cuts = 0;

      if (isNext) {
        this.batch++;
        this.take(answer!);
      } else if (status === 409) {
        await this.pause(1000);
      } else if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
        return this.finish(abnormal, `poll: ${describe(answer)}`);
      } else if (status !== 204) {
        // No answer, or one that was late and has another number, or a page of something in between.
        if (this.environment.now() - heard > longestTrouble) return this.finish(abnormal, `poll: ${describe(answer)} for too long`);
        const isCut = (!status || status === 408 || status === 502 || status === 504) && held >= shortestCut && held < wait;
        // What was cut once may have been a breath of the network; something that cuts again does so after as long a time.
        if (isCut && ++cuts > 1) wait = Math.max(1, Math.floor(held * 0.8));
        await this.pause(this.retryAfter(answer) + this.backoff(isCut ? 0 : ++failures));
      }
    }
  }

  private take(answer: Answer): void {
    this.onmessage?.({ type: 'message', data: answer.body });
    if (answer.header('Parley-Last') && this.readyState === open) {
      this.readyState = closing;
      this.isEnding = true;
      this.session = undefined; // it is over on the server too
      // In a task of its own, as a WebSocket's close is: the SDK reads the reason from the last message first.
      this.environment.setTimeout(() => this.finish(1000, 'closed by the server', true), 0);
    }
  }

  /** Ends the session on the server, also from a page that goes away. */
  private end(): void {
    this.isEnding = true;
    if (this.session) void this.request('DELETE', this.session, undefined, sendPatience, true);
    this.session = undefined;
  }

  private finish(code: number, reason: string, wasClean = false): void {
    if (this.readyState === closed) return;
    this.readyState = closed;
    this.waiting = [];
    this.environment.window?.removeEventListener('pagehide', this.leave);
    this.stop.abort();
    if (!wasClean) {
      this.end();
      this.onerror?.({ type: 'error' });
    }
    this.onclose?.({ type: 'close', code, reason, wasClean });
  }

  /** A whole request, its answer read, in limited time; undefined when there is no answer. */
  private async request(
    method: string, headers: Record<string, string>, body: Data | undefined, patience: number, outlives = false,
  ): Promise<Answer | undefined> {
    if (this.stop.signal.aborted && !outlives) return undefined;
    const cancel = new AbortController();
    const abort = () => cancel.abort();
    const timer = this.environment.setTimeout(abort, patience);
    if (!outlives) this.stop.signal.addEventListener('abort', abort);
    try {
      const response = await this.environment.fetch!(this.url, {
        method,
        headers,
        credentials: this.credentials,
        cache: 'no-store',
        keepalive: outlives,
        signal: cancel.signal,
        ...(body === undefined ? {} : { body: body as BodyInit }),
      });
      return {
        status: response.status,
        header: name => response.headers.get(name),
        body: await (this.isBinary ? response.arrayBuffer() : response.text()),
      };
    } catch {
      return undefined;
    } finally {
      this.environment.clearTimeout(timer);
      this.stop.signal.removeEventListener('abort', abort);
    }
  }

  private contentType(): Record<string, string> {
    return { 'Content-Type': this.isBinary ? 'application/octet-stream' : 'application/json' };
  }

  private join(): Data {
    const parts: Data[] = [];
    let size = 0;
    while (this.waiting.length && (!parts.length || size + sizeOf(this.waiting[0]!) <= maxJoined)) {
      const part = this.waiting.shift()!;
      size += sizeOf(part);
      parts.push(part);
    }

    if (parts.length === 1) return parts[0]!;
    if (!this.isBinary) return parts.join('\n');
    const joined = new Uint8Array(size);
    let at = 0;
    for (const part of parts as (ArrayBuffer | Uint8Array)[]) {
      joined.set(part instanceof Uint8Array ? part : new Uint8Array(part), at);
      at += part.byteLength;
    }
    return joined;
  }

  private retryAfter(answer: Answer | undefined): number {
    return 1000 * (Number(answer?.header('Retry-After')) || 0);
  }

  private backoff(attempt: number): number {
    return backoff(attempt, this.environment.random);
  }

  private pause(delay: number): Promise<void> {
    return new Promise(resolve => {
      if (this.stop.signal.aborted) return resolve();
      const end = () => {
        this.environment.clearTimeout(timer);
        this.stop.signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = this.environment.setTimeout(end, delay);
      this.stop.signal.addEventListener('abort', end);
    });
  }
}

function sizeOf(data: Data): number {
  return typeof data === 'string' ? data.length : data.byteLength;
}

function codeOf(answer: Answer | undefined): number {
  return answer?.status === 413 ? tooBig : abnormal;
}

function describe(answer: Answer | undefined): string {
  return answer ? `HTTP ${answer.status}` : 'no answer';
}
