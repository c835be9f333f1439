import { describe, expect, it } from 'vitest';
import type { AnswerHead } from './answer-head.ts';
import { AnswerReader } from './answer-reader.ts';

type Read = {
  interim: number[];
  status: number | undefined;
  headers: string[];
  body: string;
  trailers: string[];
  isOver: boolean;
  isKept: boolean;
  /** Bytes beyond the answer. */
  left: number;
};

/** Reads `wire` in parts of `size` bytes. */
function read(wire: string, { method = 'GET', size = wire.length, ends = false } = {}): Read {
  const bytes = Buffer.from(wire, 'latin1');
  const reader = new AnswerReader();
  const interim: number[] = [];
  let head: AnswerHead | undefined;
  let body = '';
  reader.begin(method, {
    onInterim: ({ status }) => void interim.push(status),
    onHead: (received) => (head = received),
    onData: (data) => (body += data.toString('latin1')),
  });
  let left = 0;
  for (let at = 0; at < bytes.length; at += size) {
    const part = bytes.subarray(at, at + size);
    left += part.length - (reader.isOver ? 0 : reader.read(part));
  }
  if (ends) reader.end();
  const { trailers, isOver, isKept } = reader;
  return {
    interim,
    status: head?.status,
    headers: head?.headers ?? [],
    body,
    trailers,
    isOver,
    isKept,
    left,
  };
}

const CASES: [what: string, wire: string, expected: Partial<Read>, options?: object][] = [
  ['a body with a length', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok', { status: 200, body: 'ok', isOver: true, isKept: true, left: 0 }],
  ['an empty body', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', { headers: ['content-length', '0'], body: '', isOver: true }],
  ['no reason', 'HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n', { status: 200, isOver: true }],
  ['a value with blanks and letters beyond ASCII', 'HTTP/1.1 200 OK\r\nx-a: \t b\xe4 c \r\ncontent-length:0\r\n\r\n', { headers: ['x-a', 'b\xe4 c', 'content-length', '0'] }],
  ['one name twice', 'HTTP/1.1 200 OK\r\nset-cookie: a\r\nset-cookie: b\r\ncontent-length: 0\r\n\r\n', { headers: ['set-cookie', 'a', 'set-cookie', 'b', 'content-length', '0'] }],
  ['chunks, extensions and trailers', 'HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n2;a=b\r\nok\r\nA\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\n', { body: 'ok0123456789', trailers: ['x-sum', '1'], isOver: true, isKept: true }],
  ['a body until the end of the connection', 'HTTP/1.1 200 OK\r\n\r\nall of it', { body: 'all of it', isOver: true, isKept: false }, { ends: true }],
  ['the same of HTTP/1.0', 'HTTP/1.0 200 OK\r\n\r\nall', { body: 'all', isOver: true, isKept: false }, { ends: true }],
  ['HTTP/1.0 that keeps its connection', 'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 1\r\n\r\nx', { body: 'x', isKept: true }],
  ['a connection that closes', 'HTTP/1.1 200 OK\r\nconnection: x, Close\r\ncontent-length: 1\r\n\r\nx', { body: 'x', isOver: true, isKept: false }],
  ['the answer to HEAD', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n', { body: '', isOver: true, isKept: true }, { method: 'HEAD' }],
  ['a 304 with a length', 'HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n', { status: 304, isOver: true }],
  ['interim answers', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n', { interim: [100, 103], status: 204, isOver: true }],
  ['more than the answer', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokEVIL', { body: 'ok', isOver: true, left: 4 }],
  ['an answer that is cut', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok', { body: 'ok', isOver: false }, { ends: true }],
]; // prettier-ignore

describe('AnswerReader', () => {
  it.each(CASES)('reads %s, however it is cut into parts', (_what, wire, expected, options = {}) => {
    for (let size = 1; size <= wire.length; size++)
      expect(read(wire, { ...options, size })).toMatchObject(expected);
  });

  it.each<[string, string]>([
    ['another protocol', '220 mail.example.com ESMTP\r\n'],
    ['another protocol at its first byte', '2'],
    ['a status line without a version', 'HTTP/2 200 OK\r\n\r\n'],
    ['a status that is none', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['another protocol that nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n'],
    ['bare LF', 'HTTP/1.1 200 OK\ncontent-length: 0\n\r\n\r\n'],
    ['bare CR', 'HTTP/1.1 200 OK\r\nx: a\rset-cookie: b\r\n\r\n'],
    ['NUL', 'HTTP/1.1 200 OK\r\nx: a\0b\r\n\r\n'],
    ['a folded header', 'HTTP/1.1 200 OK\r\nx: a\r\n b\r\n\r\n'],
    ['a blank before the colon', 'HTTP/1.1 200 OK\r\ncontent-length : 0\r\n\r\n'],
    ['a header without a colon', 'HTTP/1.1 200 OK\r\nx\r\n\r\n'],
    ['a header without a name', 'HTTP/1.1 200 OK\r\n: x\r\n\r\n'],
    ['a length that is no number', 'HTTP/1.1 200 OK\r\ncontent-length: +2\r\n\r\n'],
    ['two lengths in one', 'HTTP/1.1 200 OK\r\ncontent-length: 2, 2\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 2\r\n\r\n'],
    ['a length beyond all bounds', `HTTP/1.1 200 OK\r\ncontent-length: ${'9'.repeat(16)}\r\n\r\n`],
    ['length and chunks', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n'],
    ['an unknown coding', 'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n'],
    ['chunks of HTTP/1.0', 'HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'],
    ['a chunk without a size', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nx\r\n'],
    ['a negative size', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-1\r\n'],
    ['a size beyond all bounds', `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${'f'.repeat(14)}\r\n`],
    ['a chunk that is longer than its size', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nab\r\n'],
    ['a chunk line that ends in LF', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\nab\r\n'],
    ['a control character in a trailer', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx: \x01\r\n\r\n'],
    ['a head that is too long', `HTTP/1.1 200 OK\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`],
    ['an endless head', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(3000)}`],
    ['an endless chunk line', `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;${'a'.repeat(5000)}`],
    ['endless trailers', `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n${'x: y\r\n'.repeat(3000)}`],
  ])('refuses %s, however it is cut into parts', (_what, wire) => {
    for (const size of [1, 2, 7, wire.length]) {
      expect(() => read(wire, { size }), `in parts of ${size}`).toThrow(
        expect.objectContaining({ code: 'bad_answer' }),
      );
    }
  }); // prettier-ignore

  it('says how long the other side keeps the connection', () => {
    const reader = new AnswerReader();
    const nothing = () => undefined;
    reader.begin('GET', { onInterim: nothing, onHead: nothing, onData: nothing });
    reader.read(
      Buffer.from('HTTP/1.1 200 OK\r\nkeep-alive: timeout=5, max=100\r\ncontent-length: 0\r\n\r\n'),
    );
    expect(reader.keepAliveMs).toBe(5000);
  });

  it('tells nothing more once it was stopped, within a part too', () => {
    const reader = new AnswerReader();
    const told: string[] = [];
    reader.begin('GET', {
      onInterim: () => void told.push('interim'),
      onHead: () => {
        told.push('head');
        reader.stop();
      },
      onData: () => void told.push('data'),
    });
    reader.read(Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'));
    expect(told).toEqual(['head']);
  });
});
