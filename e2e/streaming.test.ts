import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineProblem } from './src/engine.ts';
import { nodeFunction, writeFunction } from './src/function-folder.ts';
import { Platform } from './src/platform.ts';

const problem = await engineProblem();

describe.skipIf(problem)('streams go through as they come', () => {
  let platform: Platform;

  beforeAll(async () => {
    platform = await Platform.start();
    const body = `
      if (event.requestContext.http.method === 'POST') return Buffer.from(event.body, event.isBase64Encoded ? 'base64' : 'utf8').length;
      async function* ticks() {
        for (let i = 0; i < 4; i++) {
          yield \`data: \${i}\\n\\n\`;
          await new Promise((r) => setTimeout(r, 400));
        }
      }
      return { statusCode: 200, headers: { 'content-type': 'text/event-stream' }, body: ticks() };`;
    const folder = await writeFunction(await platform.workFolder('ticker'), nodeFunction('ticker', body));
    await platform.platOk(['deploy'], { cwd: folder, timeoutMs: 300_000 });
  });
  afterAll(async () => {
    await platform?.remove();
  });

  it('an event stream: the first event is there long before the last', async () => {
    const response = await fetch(`${platform.url}/function/ticker`, {
      headers: { authorization: 'Bearer dev-token' },
    });
    const arrivals: number[] = [];
    let text = '';
    for await (const chunk of response.body!) {
      arrivals.push(performance.now());
      text += Buffer.from(chunk).toString();
    }
    expect(text).toBe('data: 0\n\ndata: 1\n\ndata: 2\n\ndata: 3\n\n');
    expect(arrivals.at(-1)! - arrivals[0]!).toBeGreaterThan(800);
  });

  it('a client that leaves in the middle does no harm', async () => {
    const left = new AbortController();
    const response = await fetch(`${platform.url}/function/ticker`, {
      headers: { authorization: 'Bearer dev-token' },
      signal: left.signal,
    });
    await response.body!.getReader().read();
    left.abort();
    expect((await platform.curl('/function/ticker', { method: 'POST', body: 'x' })).text).toBe('1');
  });

  it('5 MB go up, and bytes are not changed on the way', async () => {
    const answer = await platform.curl('/function/ticker', {
      method: 'POST',
      body: new Uint8Array(5 * 1024 * 1024).fill(0xff),
      headers: { 'content-type': 'application/octet-stream' },
    });
    expect(answer.text).toBe(String(5 * 1024 * 1024));
  });
});
