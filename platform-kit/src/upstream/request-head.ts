import { BadRequest } from './upstream-error.ts';

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const NOT_IN_PATH = /[^\x21-\xff]/;
const NOT_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/;
/** Servers take a request of these without a length for one whose length is missing. */
const WITH_LENGTH = new Set(['POST', 'PUT', 'PATCH']);

export type RequestHead = {
  method: string;
  /** Path and query. */
  path: string;
  /** Flat: names and values in turn, without those that frame the body in chunks or mean the connection. */
  headers: readonly string[];
};

/**
 * A request's head as it goes over the wire, in latin1. `host` stands in when the headers have none. Throws BadRequest for
 * characters with which one head could become two.
 */
export function writeRequestHead(
  { method, path, headers }: RequestHead,
  host: string,
  hasBody: boolean,
): string {
  if (!TOKEN.test(method)) throw new BadRequest('The method has characters that HTTP does not have there.');
  if (path === '' || NOT_IN_PATH.test(path))
    throw new BadRequest('The path has characters that HTTP does not have there.');
  let text = `${method} ${path} HTTP/1.1\r\n`;
  let hasHost = false;
  let hasLength = false;
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!;
    const value = headers[i + 1]!;
    if (NOT_IN_VALUE.test(value) || !TOKEN.test(name))
      throw new BadRequest('A header has characters that HTTP does not have there.');
    if (name.length === 4 && name.toLowerCase() === 'host') hasHost = true;
    else if (name.length === 14 && name.toLowerCase() === 'content-length') hasLength = true;
    text += `${name}: ${value}\r\n`;
  }
  if (!hasHost) text += `host: ${host}\r\n`;
  if (hasBody && !hasLength) text += 'transfer-encoding: chunked\r\n';
  else if (!hasBody && !hasLength && WITH_LENGTH.has(method)) text += 'content-length: 0\r\n';
  return `${text}connection: keep-alive\r\n\r\n`;
}

/** Whether the headers say how long the body is. */
export function hasLength(headers: readonly string[]): boolean {
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!;
    if (name.length === 14 && name.toLowerCase() === 'content-length') return true;
  }
  return false;
}
