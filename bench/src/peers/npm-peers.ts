import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort, REPOSITORY } from '@plat/e2e/platform.ts';
import { runProcess } from '@plat/e2e/run-process.ts';
import { PeerMissing, type Peer } from './peer.ts';
import { startProcess } from './start-process.ts';

/** Packages that only the benchmark runs, and only when it does, so they are nobody's dependency. */
async function install(packageName: string, version: string): Promise<string> {
  const folder = path.join(REPOSITORY, 'bench/results/peers', packageName.replace('/', '-'));
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'package.json'), '{"private":true}\n');
  const args = ['install', '--no-audit', '--no-fund', '--prefer-offline', `${packageName}@${version}`];
  const done = await runProcess('npm', args, { cwd: folder, timeoutMs: 120_000 }).catch((error: Error) => {
    throw new PeerMissing(`${packageName} cannot be installed: ${error.message.split('\n')[0]}`);
  });
  if (done.code !== 0)
    throw new PeerMissing(`${packageName} cannot be installed: npm exited with ${done.code}`);
  return folder;
}

/** A function by itself, without a platform, as Google's framework serves it. */
export async function startFunctionsFramework(): Promise<Peer> {
  const folder = await install('@google-cloud/functions-framework', '^5');
  await writeFile(path.join(folder, 'index.js'), "exports.quick = (req, res) => res.json('ok');\n");
  const port = await freePort();
  const cli = path.join(folder, 'node_modules/@google-cloud/functions-framework/build/src/main.js');
  const args = [cli, '--target=quick', `--port=${port}`];
  const env = { ...process.env, NODE_ENV: 'production' };
  return startProcess({ name: 'functions-framework', file: process.execPath, args, cwd: folder, env, port });
}

/** The runtime of Cloudflare's workers, one worker. */
export async function startWorkerd(): Promise<Peer> {
  const folder = await install('workerd', '^1');
  const port = await freePort();
  await writeFile(
    path.join(folder, 'worker.js'),
    "export default { async fetch() { return Response.json('ok'); } };\n",
  );
  await writeFile(
    path.join(folder, 'config.capnp'),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .quick)],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]
);
const quick :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")], compatibilityDate = "2024-09-01"
);
`,
  );
  const file = path.join(folder, 'node_modules/.bin/workerd');
  return startProcess({ name: 'workerd', file, args: ['serve', 'config.capnp'], cwd: folder, port });
}

/** The successor of http-proxy, in a process of its own. */
export async function startHttpxy(name: string, upstream: string): Promise<Peer> {
  const folder = await install('httpxy', '*');
  const port = await freePort();
  await writeFile(
    path.join(folder, 'proxy.mjs'),
    `import { Agent, createServer } from 'node:http';
import { createProxyServer } from 'httpxy';
const proxy = createProxyServer({ agent: new Agent({ keepAlive: true }), xfwd: true });
createServer((req, res) => proxy.web(req, res, { target: process.argv[2] }).catch(() => res.destroy())).listen(
  Number(process.argv[3]), '127.0.0.1');
`,
  );
  const args = ['proxy.mjs', `http://${upstream}`, String(port)];
  return startProcess({ name, file: process.execPath, args, cwd: folder, port });
}
