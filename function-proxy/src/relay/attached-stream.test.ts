import { duplexPair } from 'node:stream';
import { expect, it } from 'vitest';
import { AttachedStream } from './attached-stream.ts';

const frame = (kind: 1 | 2, text: string) => {
  const header = Buffer.alloc(8);
  header[0] = kind;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
};

it.each([1, 3, 7, 8, 11, 1000])(
  'AttachedStream reads frames that arrive in pieces of %i bytes',
  async (size) => {
    const [socket, engine] = duplexPair();
    const lines: string[] = [];
    const stream = new AttachedStream(socket, (line) => lines.push(line));
    const bytes = Buffer.concat([
      frame(1, 'one '),
      frame(2, 'a warn'),
      frame(1, ''),
      frame(1, 'two '),
      frame(2, 'ing\nunfinished'),
      frame(1, 'three'),
    ]);
    for (let at = 0; at < bytes.length; at += size) engine.write(bytes.subarray(at, at + size));
    engine.end();
    let text = '';
    for await (const chunk of stream) text += String(chunk);
    expect(text).toBe('one two three');
    expect(lines).toEqual(['a warning']);
  },
);

it('AttachedStream writes what it is given as it is, and ends with its socket', async () => {
  const [socket, engine] = duplexPair();
  const stream = new AttachedStream(socket, () => undefined);
  stream.cork();
  stream.write('in');
  stream.write('put');
  stream.uncork();
  const [chunk] = (await Promise.race([once(engine, 'data'), once(stream, 'error')])) as [Buffer];
  expect(String(chunk)).toBe('input');
  const closed = once(stream, 'close');
  socket.destroy();
  await closed;
});

it('AttachedStream holds the engine back when nobody reads', async () => {
  const [socket, engine] = duplexPair();
  const stream = new AttachedStream(socket, () => undefined);
  let written = 0;
  const chunk = frame(1, 'x'.repeat(16 * 1024));
  while (engine.write(chunk) && written < 100) {
    written++;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(written).toBeLessThan(20);
  let bytes = 0;
  stream.on('data', (data: Buffer) => (bytes += data.length));
  engine.end();
  await once(stream, 'end');
  expect(bytes).toBe((written + 1) * 16 * 1024);
});

function once(emitter: NodeJS.EventEmitter, name: string): Promise<unknown[]> {
  return new Promise((resolve) => emitter.once(name, (...args: unknown[]) => resolve(args)));
}
