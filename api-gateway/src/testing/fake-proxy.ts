import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen } from '@plat/platform-kit/http-server.ts';
import { EDGE_PATH, decodeTarget, restoreEdge } from '@plat/platform-kit/invocation-headers.ts';
import type { InvocationTarget } from '@plat/platform-kit/invoker.ts';

export type SeenByProxy = {
  path: string;
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  target: InvocationTarget | undefined;
};

/** Speaks the proxy's side of the hop: understands what comes, then does what the test says. */
export async function startFakeProxy(at = 'http://127.0.0.1:0', { lingerMs = 0 } = {}) {
  const seen: SeenByProxy[] = [];
  const behaviour = {
    answer: (_req: IncomingMessage, res: ServerResponse): void => void res.end('hello'),
    /** `refuse` or `accept` an upgrade. */
    upgrade: 'accept' as 'accept' | 'refuse',
  };
  const note = (req: IncomingMessage) => {
    const path = req.url!;
    const authorization = req.headers.authorization;
    const target = path === EDGE_PATH ? undefined : decodeTarget(req.headers);
    if (path === EDGE_PATH) restoreEdge(req);
    seen.push({ path, method: req.method!, url: req.url!, headers: { ...req.headers }, target });
    return authorization === 'Bearer an-internal-token';
  };
  const server = createServer((req, res) => {
    if (note(req)) behaviour.answer(req, res);
    else res.writeHead(401).end();
  });
  server.on('upgrade', (req, socket, head) => {
    note(req);
    if (behaviour.upgrade === 'refuse') {
      socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 6\r\nx-function: no\r\n\r\nrefuse');
      return;
    }
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nx-plain: yes\r\n\r\n',
    );
    socket.write(head);
    socket.pipe(socket);
  });
  const running = await listen(server, at, { drainMs: 0, lingerMs });
  return { seen, behaviour, url: running.url, close: running.close };
}
