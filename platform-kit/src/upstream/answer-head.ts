import { BadAnswer } from './upstream-error.ts';

/** How long an answer's body is (RFC 9112, section 6.3). */
export type Framing =
  { kind: 'none' } | { kind: 'length'; bytes: number } | { kind: 'chunks' } | { kind: 'close' };

export type AnswerHead = {
  status: number;
  /** As it stands on the wire; may be empty. */
  reason: string;
  /** Flat: names in lower case and values in turn, in their order, with those of this hop. */
  headers: string[];
  framing: Framing;
  /** There is a `content-length`; answers without a body may have one too. */
  hasLength: boolean;
  /** What `Connection` says. */
  connection: string | undefined;
  /** Whether the other side will take another request on the connection. */
  isKept: boolean;
  /** For how long it keeps it, if it says so (`Keep-Alive: timeout=…`). */
  keepAliveMs: number | undefined;
};

const STATUS_LINE = /^HTTP\/1\.([01]) (\d{3})(?: (.*))?$/;
/** A line that ends in anything but CR LF is an attack or a mistake; so are control characters. */
const FORBIDDEN = /[^\t\r\n\x20-\x7e\x80-\xff]|\r(?!\n)|(?<!\r)\n/;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const LENGTH = /^\d{1,15}$/;
const NONE: Framing = { kind: 'none' };
const CHUNKS: Framing = { kind: 'chunks' };
const CLOSE: Framing = { kind: 'close' };

/** Names that were seen, as they stand on the wire, and in lower case: there are few, and they come with every answer. */
const NAMES_LIMIT = 512;
const names = new Map<string, string>();

/**
 * Reads a head, without the empty line at its end. Throws BadAnswer for all that is not plainly right: what an answer
 * means must not depend on who reads it.
 */
export function parseAnswerHead(text: string, method: string): AnswerHead {
  if (FORBIDDEN.test(text)) throw new BadAnswer('a control character in the head');
  const lineEnd = text.indexOf('\r\n');
  const line = STATUS_LINE.exec(lineEnd < 0 ? text : text.slice(0, lineEnd));
  if (!line) throw new BadAnswer('no status line');
  const status = Number(line[2]);
  const head: AnswerHead = {
    status,
    reason: line[3] ?? '',
    headers: [],
    framing: NONE,
    hasLength: false,
    connection: undefined,
    isKept: line[1] === '1',
    keepAliveMs: undefined,
  };
  let length: number | undefined;
  let isChunked = false;
  parseFields(text, lineEnd < 0 ? text.length : lineEnd + 2, (name, value) => {
    head.headers.push(name, value);
    switch (name) {
      case 'content-length':
        if (length !== undefined || !LENGTH.test(value)) throw new BadAnswer('a wrong content-length');
        length = Number(value);
        head.hasLength = true;
        return;
      case 'transfer-encoding':
        if (isChunked || value.toLowerCase() !== 'chunked')
          throw new BadAnswer('an unknown transfer-encoding');
        isChunked = true;
        return;
      case 'connection':
        head.connection = head.connection === undefined ? value : `${head.connection}, ${value}`;
        head.isKept = keeps(head.connection, line[1] === '1');
        return;
      case 'keep-alive':
        head.keepAliveMs = keptFor(value);
    }
  });
  if (isChunked && (length !== undefined || line[1] === '0')) throw new BadAnswer('two framings');
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return head;
  if (isChunked) head.framing = CHUNKS;
  else if (length === undefined) head.framing = CLOSE;
  else if (length > 0) head.framing = { kind: 'length', bytes: length };
  if (head.framing === CLOSE) head.isKept = false;
  return head;
}

/** Reads lines `name: value` from `at` to the end of `text`; used for trailers too. */
export function parseFields(text: string, at: number, take: (name: string, value: string) => void): void {
  while (at < text.length) {
    const next = text.indexOf('\r\n', at);
    const end = next < 0 ? text.length : next;
    const colon = text.indexOf(':', at);
    if (colon <= at || colon >= end) throw new BadAnswer('a header without a name');
    take(nameOf(text.slice(at, colon)), trimmed(text, colon + 1, end));
    at = end + 2;
  }
}

/** The same as {@link parseFields} for text whose characters nobody has looked at yet. */
export function parseTrailers(text: string): string[] {
  if (FORBIDDEN.test(text)) throw new BadAnswer('a control character in the trailers');
  const trailers: string[] = [];
  parseFields(text, 0, (name, value) => void trailers.push(name, value));
  return trailers;
}

function nameOf(written: string): string {
  const known = names.get(written);
  if (known !== undefined) return known;
  if (!TOKEN.test(written)) throw new BadAnswer('a header name that is none');
  const name = written.toLowerCase();
  if (names.size < NAMES_LIMIT && written.length <= 64) names.set(written, name);
  return name;
}

/** Without blanks and tabs at either end. */
function trimmed(text: string, from: number, to: number): string {
  while (from < to && isBlank(text.charCodeAt(from))) from++;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function keeps(connection: string, byVersion: boolean): boolean {
  if (connection === 'keep-alive') return true;
  const options = connection.toLowerCase();
  if (/(^|[\s,])close($|[\s,])/.test(options)) return false;
  return byVersion || /(^|[\s,])keep-alive($|[\s,])/.test(options);
}

function keptFor(value: string): number | undefined {
  const seconds = /(?:^|[\s,])timeout="?(\d{1,9})/i.exec(value)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
