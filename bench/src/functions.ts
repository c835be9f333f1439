import { nodeFunction } from '@plat/e2e/function-folder.ts';

/** Calls that one instance takes at once: more than any scenario makes, so that nobody waits for a slot. */
const SETTINGS = 'concurrency: 400\nmemory: 512MB\nscale:\n  min: 1\n';

/** Answers at once; with the path `/slow` after 100 ms. */
export const QUICK = nodeFunction(
  'quick',
  `  if (event.rawPath === '/slow') await new Promise((resolve) => setTimeout(resolve, 100));\n  return "ok";`,
  SETTINGS,
);

/** A server that sends (`GET /<bytes>`) and takes (`PUT`, answers how many came) as much as is wanted. */
export const STREAM = {
  'plat.yaml': `name: stream\nruntime: node-express\ntimeout: 300s\n${SETTINGS}`,
  'package.json': '{"name":"stream","private":true,"type":"module","scripts":{"start":"node server.mjs"}}\n',
  'server.mjs': `import { createServer } from 'node:http';
const CHUNK = Buffer.alloc(64 * 1024, 'x');
createServer((req, res) => {
  if (req.method === 'PUT') {
    let bytes = 0;
    req.on('data', (chunk) => (bytes += chunk.length)).on('end', () => res.end(String(bytes)));
    return;
  }
  let left = Number(req.url.slice(1)) || 0;
  res.writeHead(200, { 'content-length': left });
  const send = () => {
    while (left > 0) {
      const chunk = left < CHUNK.length ? CHUNK.subarray(0, left) : CHUNK;
      left -= chunk.length;
      if (!res.write(chunk)) return res.once('drain', send);
    }
    res.end();
  };
  send();
}).listen(process.env.PORT);
`,
};
