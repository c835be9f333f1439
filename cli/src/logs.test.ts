import { describe, expect, it } from 'vitest';
import { events, json } from './testing/fake-gateway.ts';
import { useCli } from './testing/use-cli.ts';

const { gateway, plat } = useCli();

const HELLO = '/api/projects/default/functions/hello';

describe('plat logs', () => {
  const line = (text: string, at = '2026-01-01T00:00:00.000Z') => ({
    at, instance: 'i1', version: 3, stream: 'stdout', requestId: null, text,
  }); // prettier-ignore

  it('passes its filters on and prints the lines', async () => {
    gateway.on(`GET ${HELLO}/logs`, json({ items: [line('one'), line('two')] }));
    const result = await plat([
      'logs',
      'hello',
      '--since',
      '5m',
      '--tail',
      '10',
      '--request-id',
      'r',
      '--version',
      '3',
    ]);
    expect(result.out).toBe('2026-01-01T00:00:00.000Z v3 one\n2026-01-01T00:00:00.000Z v3 two\n');
    expect(gateway.received[0]!.path).toBe(`${HELLO}/logs?since=5m&tail=10&requestId=r&version=3`);
  });

  it('follows across a cut connection without telling a line twice', async () => {
    const stop = new AbortController();
    let calls = 0;
    gateway.on(`GET ${HELLO}/logs`, async (res, request) => {
      if (++calls === 1) return events([['line', line('one')]], { cut: true })(res, request);
      if (calls === 2) return events([['line', line('one')], ['line', line('two', '2026-01-01T00:00:01.000Z')]])(res, request); // prettier-ignore
      res.writeHead(200, { 'content-type': 'text/event-stream' }).write(': open\n\n');
      stop.abort();
    });
    const result = await plat(['logs', 'hello', '-f'], { signal: stop.signal });
    expect(result.code).toBe(130);
    expect(result.out.match(/one|two/g)).toEqual(['one', 'two']);
    expect(gateway.received[1]!.path).toContain(`since=${encodeURIComponent('2026-01-01T00:00:00.000Z')}`);
  });

  it('takes control sequences out of what it shows on a terminal, but keeps colour', async () => {
    gateway.on(
      `GET ${HELLO}/logs`,
      json({ items: [line('\u001b[31mred\u001b[0m\u001b]0;title\u0007\u001b[2J')] }),
    );
    const result = await plat(['logs', 'hello'], { isTty: true });
    expect(result.out).toContain('v3 \u001b[31mred\u001b[0m\n');
  });
});
