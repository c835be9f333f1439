import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { InvocationTarget, Invoker } from '@plat/platform-kit/invoker.ts';

export type SeenCall = {
  target: InvocationTarget;
  headers: IncomingHttpHeaders;
  rawHeaders: string[];
  body: string;
};

/** Says what it was asked for: the answer is the target as JSON, `edge` for every host that is in `hosts`. */
export class FakeInvoker implements Invoker {
  readonly calls: SeenCall[] = [];
  readonly edgeCalls: { host: string; url: string; headers: IncomingHttpHeaders }[] = [];
  readonly hosts = new Set<string>();

  async invoke(req: IncomingMessage, res: ServerResponse, target: InvocationTarget): Promise<void> {
    let body = '';
    try {
      for await (const chunk of req) body += String(chunk);
    } catch {
      return;
    }
    this.calls.push({ target, headers: { ...req.headers }, rawHeaders: [...req.rawHeaders], body });
    res.writeHead(200, { 'content-type': 'application/json', 'x-request-id': target.requestId });
    res.end(JSON.stringify(target));
  }

  async upgrade(
    _req: IncomingMessage,
    socket: Duplex,
    _head: Buffer,
    target: InvocationTarget,
  ): Promise<void> {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n');
    socket.end(`upgraded ${target.function}`);
  }

  edge(req: IncomingMessage, res: ServerResponse): boolean {
    const host = req.headers.host!.replace(/:\d+$/, '').toLowerCase();
    if (!this.hosts.has(host)) return false;
    this.edgeCalls.push({ host, url: req.url!, headers: { ...req.headers } });
    res.end('edge');
    return true;
  }

  edgeUpgrade(_req: IncomingMessage, socket: Duplex): boolean {
    socket.end('HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\nedge');
    return true;
  }
}
