// An instance whose behaviour the request chooses; for the tests of the engine adapters.
import http from 'node:http';
import net from 'node:net';
import fs from 'node:fs';
import { spawn } from 'node:child_process';

const actions = {
  env: () => process.env,
  confinement: () => ({
    uid: process.getuid(),
    gid: process.getgid(),
    status: fs.readFileSync('/proc/self/status', 'utf8'),
    init: fs.readFileSync('/proc/1/cmdline', 'utf8'),
    pid: process.pid,
  }),
  write: ({ path }) => fs.writeFileSync(path, 'x'),
  fill: ({ mb }) => {
    const chunk = Buffer.alloc(1024 * 1024);
    for (let i = 0; i < Number(mb); i++) fs.appendFileSync('/tmp/fill', chunk);
  },
  eat: ({ mb }) => {
    globalThis.eaten = [];
    for (let i = 0; i < Number(mb); i++) globalThis.eaten.push(Buffer.alloc(1024 * 1024, 1));
  },
  spawn: async ({ count }) => {
    let started = 0;
    for (let i = 0; i < Number(count); i++) {
      const child = spawn('sleep', ['30']);
      started += await new Promise((resolve) => {
        child.once('error', () => resolve(0)).once('spawn', () => resolve(1));
      });
    }
    return { started };
  },
  connect: ({ host, port }) =>
    new Promise((resolve) => {
      const socket = net.connect({ host, port: Number(port), timeout: 1500 });
      const end = (reached) => () => {
        socket.destroy();
        resolve({ reached });
      };
      socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false));
    }),
  print: ({ text, stream, times = '1', end = '' }) => process[stream].write(text.repeat(Number(times)) + end),
  burn: ({ ms }) => {
    const used = () => process.cpuUsage().user + process.cpuUsage().system;
    const end = used() + Number(ms) * 1000;
    while (used() < end);
  },
  kill: () => process.kill(process.pid, 'SIGKILL'),
};

http
  .createServer(async (req, res) => {
    const url = new URL(req.url, 'http://localhost');
    try {
      const action = actions[url.pathname.slice(1)];
      const answer = action ? await action(Object.fromEntries(url.searchParams)) : { hello: true };
      res.end(JSON.stringify({ ok: true, answer: answer ?? null }));
    } catch (error) {
      res.end(JSON.stringify({ ok: false, code: error.code ?? String(error) }));
    }
  })
  .listen(Number(process.env.PORT), () => console.log('listening'));

process.on('SIGTERM', () => {
  console.log('got SIGTERM');
  process.exit(0);
});
