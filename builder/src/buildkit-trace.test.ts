import { describe, expect, it } from 'vitest';
import { BuildProgress } from './build-progress.ts';
import { createTraceDecoder, statusResponseType } from './buildkit-trace.ts';

/** Recorded from Docker 26.1 while it ran `RUN echo hi; exit 3`: the output, and the end of the step. */
const RECORDED_OUTPUT =
  'Gl4KR3NoYTI1NjozMjJmNTJkZTRmZDJkNDAyZTI4M2RiNDY1NGE5ZmMxOTkxYTIxOTFiMmEyMDQwZDlkYWEzYmI5ZWIzNTk3YzYzEgwIgP2F2AYQt9/O2QMYASIDaGkK';
const RECORDED_FAILURE =
  'CroCCkdzaGEyNTY6MzIyZjUyZGU0ZmQyZDQwMmUyODNkYjQ2NTRhOWZjMTk5MWEyMTkxYjJhMjA0MGQ5ZGFhM2JiOWViMzU5N2M2MxJHc2hhMjU2OmQzMzAxYzI3MjYxYmE5ZWE5NjAwNjI0ZWM5Y2MwODUzZDVkNjljNGFlZWYzNTRmZWM4Njc2YWFiMjRkMmU3MjAaKVsyLzJdIFJVTiBlY2hvIGhpOyBleGl0IDMgIyAxNzk1MjYwMDMyNjc4KgwIgP2F2AYQ5Pzs6gIyCwiB/YXYBhCLmN0NOmBwcm9jZXNzICIvYmluL3NoIC1jIGVjaG8gaGk7IGV4aXQgMyAjIDE3OTUyNjAwMzI2NzgiIGRpZCBub3QgY29tcGxldGUgc3VjY2Vzc2Z1bGx5OiBleGl0IGNvZGU6IDM=';

type Wire = {
  vertexes?: {
    digest: string;
    name?: string;
    cached?: boolean;
    started?: object;
    completed?: object;
    error?: string;
  }[];
  logs?: { vertex: string; msg: Buffer }[];
  warnings?: { vertex: string; short: Buffer }[];
};

function encode(status: Wire): string {
  const type = statusResponseType();
  return Buffer.from(type.encode(type.fromObject(status)).finish()).toString('base64');
}

function linesOf(...statuses: Wire[]) {
  const lines: string[] = [];
  const progress = new BuildProgress((phase, text) => lines.push(`${phase}| ${text}`));
  const decode = createTraceDecoder();
  for (const status of statuses) progress.add(decode(encode(status)));
  return { lines, progress };
}

const step = (more: object) => ({
  vertexes: [{ digest: 'a', name: '[deps 3/4] RUN --mount=type=cache,id=x npm ci', ...more }],
});
const print = (text: string | Buffer, vertex = 'a') => ({ logs: [{ vertex, msg: Buffer.from(text) }] });
const started = { seconds: 1000, nanos: 500_000_000 };
const completed = { seconds: 1002, nanos: 0 };

describe('createTraceDecoder()', () => {
  it('reads names, times and output of a status message', () => {
    const status = createTraceDecoder()(
      encode({
        ...step({ started }),
        ...print('hello\n'),
        warnings: [{ vertex: 'a', short: Buffer.from('old syntax') }],
      }),
    );
    expect(status.vertexes[0]).toMatchObject({
      digest: 'a',
      startedMs: 1_000_500,
      completedMs: null,
      cached: false,
      error: '',
    });
    expect(Buffer.from(status.logs[0]!.bytes).toString()).toBe('hello\n');
    expect(status.warnings).toEqual(['old syntax']);
  });

  it('reads what an engine really sends', () => {
    const decode = createTraceDecoder();
    const [output] = decode(RECORDED_OUTPUT).logs;
    expect(Buffer.from(output!.bytes).toString()).toBe('hi\n');
    const [vertex] = decode(RECORDED_FAILURE).vertexes;
    expect(vertex).toMatchObject({ digest: output!.vertex, cached: false });
    expect(vertex!.name).toMatch(/^\[2\/2\] RUN echo hi; exit 3/);
    expect(vertex!.error).toMatch(/exit code: 3$/);
    expect(vertex!.completedMs! - vertex!.startedMs!).toBeGreaterThan(0);
  });

  it('reads a message without content, and skips fields it does not know', () => {
    expect(createTraceDecoder()('')).toEqual({ vertexes: [], logs: [], warnings: [] });
    const unknownField = Buffer.from([0x12, 0x02, 0x0a, 0x00, 0x78, 0x01]).toString('base64');
    expect(createTraceDecoder()(unknownField)).toEqual({ vertexes: [], logs: [], warnings: [] });
  });

  it('throws for what is no message', () => {
    expect(() => createTraceDecoder()(RECORDED_OUTPUT.slice(0, 20))).toThrow();
  });
});

describe('BuildProgress', () => {
  it('names a step when it starts, gives its output line by line, and says how long it took', () => {
    const { lines } = linesOf(
      step({}),
      step({ started }),
      print('one\ntw'),
      print('o\nthree'),
      step({ started, completed }),
    );
    expect(lines).toEqual([
      'deps| [deps 3/4] RUN npm ci',
      'deps| one',
      'deps| two',
      'deps| three',
      'deps| DONE [deps 3/4] in 1.5s',
    ]);
  });

  it('says which steps came from the cache, once', () => {
    const cached = step({ started, completed, cached: true });
    expect(linesOf(cached, cached).lines).toEqual(['deps| CACHED [deps 3/4] RUN npm ci']);
  });

  it('shows what a terminal would show, without colours and overwritten progress', () => {
    const { lines } = linesOf(step({ started }), print('\u001b[31mred\u001b[0m\n10%\r20%\r100%\r\n'));
    expect(lines.slice(1)).toEqual(['deps| red', 'deps| 100%']);
  });

  it('puts characters together that came in two pieces', () => {
    const bytes = Buffer.from('grün\n');
    const { lines } = linesOf(step({ started }), print(bytes.subarray(0, 3)), print(bytes.subarray(3)));
    expect(lines[1]).toBe('deps| grün');
  });

  it('is silent about work of BuildKit itself', () => {
    expect(
      linesOf({
        vertexes: [{ digest: 'i', name: '[internal] load remote build context', started, completed }],
      }).lines,
    ).toEqual([]);
  });

  it('knows the step that failed, not the ones that were broken off for it', () => {
    const { progress, lines } = linesOf(
      { vertexes: [{ digest: 'b', name: '[app 1/2] RUN b', started, completed, error: 'context canceled' }] },
      step({ started }),
      print('reason'),
      step({ started, completed, error: 'process "x" did not complete successfully: exit code: 1' }),
    );
    expect(progress.failedStep()).toMatchObject({ name: '[deps 3/4] RUN npm ci', tail: ['reason'] });
    expect(lines.at(-1)).toBe('deps| FAILED [deps 3/4]: exit code: 1');
  });
});
