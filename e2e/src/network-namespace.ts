import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { poll } from '@plat/platform-kit/waiting.ts';
import { nameInRun } from './run.ts';
import { runProcess } from './run-process.ts';

/** Why a network namespace cannot be made on this machine; undefined when it can. */
export async function namespaceProblem(): Promise<string | undefined> {
  const problem = await findProblem();
  if (problem !== undefined && process.env['PLAT_FORBID_SKIPS'] === '1')
    throw new Error(`${problem}, and skips are forbidden.`);
  return problem;
}

async function findProblem(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  const { code } = await runProcess('ip', ['netns', 'list']).catch(() => ({ code: 1 }));
  return code === 0 ? undefined : 'iproute2 is not installed';
}

/**
 * A network namespace with nothing but loopback: what runs there reaches no address of a container or of anybody, but sees the files of
 * this machine, and with them the engine's socket.
 */
export class NetworkNamespace {
  readonly name = nameInRun();
  /** In front of a command that is to run there. */
  readonly launcher = ['ip', 'netns', 'exec', this.name] as const;
  readonly #closing: (() => Promise<unknown>)[] = [];

  static async make(): Promise<NetworkNamespace> {
    const namespace = new NetworkNamespace();
    await ip('netns', 'add', namespace.name);
    await ip('-n', namespace.name, 'link', 'set', 'lo', 'up');
    return namespace;
  }

  /** Makes a port of its loopback reachable at the same port of ours, over a Unix socket. */
  async publish(port: number): Promise<void> {
    const file = path.join(os.tmpdir(), `${this.name}-${port}.sock`);
    const inside = spawn(
      this.launcher[0],
      [...this.launcher.slice(1), process.execPath, '-e', FORWARDER, file, String(port)],
      { stdio: 'inherit' },
    );
    this.#closing.push(
      () => end(inside),
      () => rm(file, { force: true }),
    );
    const isUp = await poll(async () => (existsSync(file) ? true : undefined), {
      intervalMs: 20,
      timeoutMs: 10_000,
    });
    if (!isUp) throw new Error('The forwarder in the namespace did not start.');
    const sockets = new Set<Socket>();
    const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
      const there = connect({ path: file, allowHalfOpen: true });
      for (const [a, b] of [[socket, there], [there, socket]] as const) {
        sockets.add(a);
        a.on('error', () => b.destroy()).on('close', () => (sockets.delete(a), b.destroy())).pipe(b);
      }
    }); // prettier-ignore
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    this.#closing.push(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
  }

  async remove(): Promise<void> {
    for (const close of this.#closing.splice(0).reverse()) await close();
    await ip('netns', 'delete', this.name);
  }
}

const FORWARDER = `
  const net = require('node:net');
  const [file, port] = process.argv.slice(1);
  net.createServer({ allowHalfOpen: true }, (socket) => {
    const there = net.connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
    for (const [a, b] of [[socket, there], [there, socket]])
      a.on('error', () => b.destroy()).on('close', () => b.destroy()).pipe(b);
  }).listen(file);
`;

async function ip(...args: string[]): Promise<void> {
  const { code, stderr } = await runProcess('ip', args);
  if (code !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}
