import { describe, expect, test } from 'vitest';
import { readFrames } from './container-logs.ts';

const AT = '2026-01-02T03:04:05.123456789Z';

function frame(stream: 1 | 2, payload: string | Buffer, at = AT): Buffer {
  const body = Buffer.concat([Buffer.from(`${at} `), Buffer.from(payload as string)]);
  const head = Buffer.alloc(8);
  head[0] = stream;
  head.writeUInt32BE(body.length, 4);
  return Buffer.concat([head, body]);
}

async function read(...chunks: Buffer[]) {
  const lines = [];
  for await (const line of readFrames(chunks)) lines.push(line);
  return lines;
}

describe('readFrames()', () => {
  test('tells the streams apart and gives times in milliseconds', async () => {
    expect(await read(frame(1, 'out\n'), frame(2, 'err\n'))).toEqual([
      { at: '2026-01-02T03:04:05.123Z', stream: 'stdout', text: 'out' },
      { at: '2026-01-02T03:04:05.123Z', stream: 'stderr', text: 'err' },
    ]);
  });

  test('reads the same whatever byte the stream is split at', async () => {
    const bytes = Buffer.concat([frame(1, 'ü🙂\n'), frame(2, '\n'), frame(1, 'part '), frame(1, 'of one\n')]);
    const whole = await read(bytes);
    expect(whole.map((line) => line.text)).toEqual(['ü🙂', '', 'part of one']);
    for (let at = 0; at <= bytes.length; at++)
      expect(await read(bytes.subarray(0, at), bytes.subarray(at))).toEqual(whole);
    expect(await read(...Array.from(bytes, (byte) => Buffer.from([byte])))).toEqual(whole);
  });

  test('joins the parts of a line, keeps its first time, and lets the other stream in between', async () => {
    const lines = await read(
      frame(1, 'a', '2026-01-01T00:00:00Z'),
      frame(2, 'other\n'),
      frame(1, 'b', '2026-01-01T00:00:09Z'),
      frame(1, 'c\n', '2026-01-01T00:00:10Z'),
    );
    expect(lines.map((line) => [line.stream, line.text])).toEqual([
      ['stderr', 'other'],
      ['stdout', 'abc'],
    ]);
    expect(lines[1]!.at).toBe('2026-01-01T00:00:00.000Z');
  });

  test('puts a character together that is split between two frames', async () => {
    const text = Buffer.from('x€y\n');
    expect((await read(frame(1, text.subarray(0, 2)), frame(1, text.subarray(2))))[0]!.text).toBe('x€y');
  });

  test('gives a line without an end when the stream ends', async () => {
    expect((await read(frame(1, 'no end'))).map((line) => line.text)).toEqual(['no end']);
  });

  test('cuts a line that is too long, says so, and goes on with the next', async () => {
    const parts = Array.from({ length: 10 }, () => frame(1, 'x'.repeat(16 * 1024)));
    const lines = await read(...parts, frame(1, 'end\n'), frame(1, 'next\n'));
    expect(lines).toHaveLength(2);
    expect(lines[0]!.text).toBe(`${'x'.repeat(64 * 1024)} … [cut]`);
    expect(lines[1]!.text).toBe('next');
  });

  test('takes bytes that are no text, empty lines and Windows ends', async () => {
    const lines = await read(frame(1, Buffer.from([0xff, 0x00, 0x0a])), frame(1, '\n'), frame(1, 'a\r\n'));
    expect(lines.map((line) => line.text)).toEqual(['\ufffd\ufffd … [binary]', '', 'a']);
  });

  test('leaves out what was cut off in the middle of a frame', async () => {
    const bytes = Buffer.concat([frame(1, 'whole\n'), frame(1, 'cut off\n').subarray(0, 20)]);
    expect((await read(bytes)).map((line) => line.text)).toEqual(['whole']);
  });

  test('a time that cannot be read does not lose the line', async () => {
    expect(await read(frame(1, 'x\n', 'yesterday'))).toEqual([
      { at: '1970-01-01T00:00:00.000Z', stream: 'stdout', text: 'x' },
    ]);
  });
});
