import type { IncomingHttpHeaders } from 'node:http';
import type { KeptBodies, KeptBody } from '@plat/platform-kit/execution.ts';
import { redactBody } from './redact-body.ts';

/** Content types whose bodies are text that a person can read. */
const READABLE =
  /^(?:text\/[\w.+-]+|application\/(?:[\w.+-]+\+)?(?:json|xml|yaml|x-ndjson|graphql|javascript|x-www-form-urlencoded))\s*(?:;|$)/i;

/** Keeps the first bytes of a body that passes by. */
export class BodyTap {
  bytes = 0;
  readonly #limitBytes: number;
  #chunks: Buffer[] = [];
  #kept = 0;
  #contentType = '';
  #omitted: KeptBody['omitted'] = null;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** The headers of the body, before any of it; what there was of an earlier one is forgotten. */
  begin(headers: IncomingHttpHeaders): void {
    const encoding = headers['content-encoding'];
    this.bytes = 0;
    this.#chunks = [];
    this.#kept = 0;
    this.#contentType = String(headers['content-type'] ?? '').slice(0, 200);
    this.#omitted = !READABLE.test(this.#contentType) ? 'content_type' : encoding ? 'encoding' : null;
  }

  add(chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.#omitted !== null || this.#kept >= this.#limitBytes) return;
    const part = chunk.subarray(0, this.#limitBytes - this.#kept);
    this.#kept += part.length;
    // A copy: the chunk is part of a larger buffer that would stay in memory with it.
    this.#chunks.push(Buffer.from(part));
  }

  /** Null when there was no body. */
  take(): KeptBody | null {
    if (this.bytes === 0) return null;
    const about = { contentType: this.#contentType, bytes: this.bytes, omitted: this.#omitted };
    if (this.#omitted !== null) return { ...about, text: null, isCut: false, isRedacted: false };
    const isCut = this.bytes > this.#kept;
    const text = Buffer.concat(this.#chunks).toString('utf8').replaceAll('\0', '\ufffd');
    // A cut may have split a character.
    return { ...about, isCut, ...redactBody(isCut ? text.replace(/\ufffd+$/, '') : text, this.#contentType) };
  }
}

/** What is kept of one call's bodies; there is one only for functions that ask for it. */
export class BodyCapture {
  readonly request: BodyTap;
  readonly response: BodyTap;

  constructor(limitBytes: number) {
    this.request = new BodyTap(limitBytes);
    this.response = new BodyTap(limitBytes);
  }

  take(): KeptBodies {
    return { request: this.request.take(), response: this.response.take() };
  }
}
