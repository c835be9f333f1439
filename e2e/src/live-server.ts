/** A function with a server of its own: `/` says who it is, `/ticks` streams, `/echo` is a WebSocket that echoes. */
export function liveServer(name: string, answer: string, settings = ''): Record<string, string> {
  return {
    'plat.yaml': `name: ${name}\nruntime: node-express\n${settings}`,
    'package.json': '{"private":true,"type":"module","scripts":{"start":"node server.mjs"}}',
    'server.mjs': SERVER.replace('ANSWER', JSON.stringify(answer)),
  };
}

const SERVER = `
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

const server = createServer(async (req, res) => {
  if (req.method === 'POST') {
    let bytes = 0;
    for await (const chunk of req) bytes += chunk.length;
    return res.end(String(bytes));
  }
  if (req.url !== '/ticks') return res.end(ANSWER);
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  for (let i = 0; i < 4; i++) {
    res.write('data: ' + i + '\\n\\n');
    await new Promise((r) => setTimeout(r, 300));
  }
  res.end();
});
// RFC 6455, for short text messages.
server.on('upgrade', (req, socket) => {
  const accept = createHash('sha1').update(req.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64');
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Accept: ' + accept + '\\r\\n\\r\\n');
  socket.on('error', () => {}).on('end', () => socket.end());
  socket.on('data', (frame) => {
    if ((frame[0] & 15) !== 1) return socket.end();
    const mask = frame.subarray(2, 6);
    const text = Buffer.from(frame.subarray(6).map((byte, i) => byte ^ mask[i % 4]));
    const said = Buffer.concat([Buffer.from('echo '), text]);
    socket.write(Buffer.concat([Buffer.from([0x81, said.length]), said]));
  });
});
server.listen(process.env.PORT);
`;
