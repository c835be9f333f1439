import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { poll } from '@plat/platform-kit/waiting.ts';
import manifest from '../../package.json' with { type: 'json' };
import { removeLeftovers } from './engine.ts';
import { nameInRun } from './run.ts';
import { runProcess, type Finished, type RunOptions } from './run-process.ts';

export const REPOSITORY = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const PLAT = path.join(REPOSITORY, 'cli/bin/plat.mjs');
const TOKEN = 'dev-token';
/** What `npm start` gives to Node.js. */
const START_FLAGS = manifest.scripts.start.split(' ').filter((word) => word.startsWith('--'));

export type Answer = { status: number; headers: Headers; text: string };

/** A platform of its own for a test file: own port, namespace, data folder and CLI configuration. */
export class Platform {
  /** Those of this file that were started and not removed. */
  static readonly present = new Set<Platform>();
  readonly namespace = nameInRun();
  readonly folder: string;
  readonly port: number;
  readonly #settings: Record<string, string>;
  readonly #launcher: readonly string[];
  #process: ChildProcess | undefined;
  output = '';

  private constructor(options: {
    folder: string;
    port: number;
    settings: Record<string, string>;
    launcher: readonly string[];
  }) {
    this.folder = options.folder;
    this.port = options.port;
    this.#settings = options.settings;
    this.#launcher = options.launcher;
  }

  /** `launcher`: the command that runs the platform's process, as `ip netns exec NAME`; `port`: a free one otherwise. */
  static async start(
    settings: Record<string, string> = {},
    options: { launcher?: readonly string[]; port?: number } = {},
  ): Promise<Platform> {
    const { launcher = [], port = await freePort() } = options;
    const folder = await mkdtemp(path.join(os.tmpdir(), `${nameInRun()}-`));
    const platform = new Platform({ folder, port, settings, launcher });
    Platform.present.add(platform);
    await platform.boot();
    return platform;
  }

  /** The platform's process. */
  get pid(): number {
    const pid = this.#process?.pid;
    if (pid === undefined) throw new Error('The platform does not run.');
    return pid;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get env(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      PORT: String(this.port),
      PLAT_NAMESPACE: this.namespace,
      PLAT_DATA_DIR: path.join(this.folder, 'data'),
      XDG_CONFIG_HOME: path.join(this.folder, 'config'),
      API_URL: this.url,
      PLAT_TOKEN: TOKEN,
      NO_COLOR: '1',
      ...this.#settings,
    };
  }

  async boot(): Promise<void> {
    const start = path.join(REPOSITORY, 'e2e/src/start-platform.mjs');
    const [command, ...args] = [...this.#launcher, process.execPath, ...START_FLAGS, start];
    const child = spawn(command, args, {
      env: this.env,
      // Held open for as long as this process lives: the platform ends with it.
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#process = child;
    child.stdout.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    const ready = await poll(
      async (signal) => {
        if (child.exitCode !== null)
          throw new Error(`The platform ended with ${child.exitCode}:\n${this.output}`);
        const response = await fetch(`${this.url}/readyz`, { signal }).catch(() => undefined);
        return response?.ok ? true : undefined;
      },
      { intervalMs: 100, timeoutMs: 60_000 },
    );
    if (!ready) throw new Error(`The platform did not get ready:\n${this.output}`);
  }

  /** Ends the platform's process; resolves once it is gone. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }

  async remove(): Promise<void> {
    Platform.present.delete(this);
    await this.stop();
    await removeLeftovers(this.namespace);
    await rm(this.folder, { recursive: true, force: true });
  }

  /** A new empty folder for a person to work in. */
  async workFolder(name: string): Promise<string> {
    const folder = path.join(this.folder, 'work', name);
    await mkdir(folder, { recursive: true });
    return folder;
  }

  plat(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    return runProcess(process.execPath, [PLAT, ...args], { cwd: this.folder, env: this.env, ...options });
  }

  /** Runs `plat` and fails unless it exits with 0. */
  async platOk(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    const finished = await this.plat(args, options);
    if (finished.code !== 0) {
      throw new Error(
        `plat ${args.join(' ')} exited with ${finished.code}\n${finished.stdout}\n${finished.stderr}\n--- platform:\n${this.output}`,
      );
    }
    return finished;
  }

  async platJson<T>(args: readonly string[], options: RunOptions = {}): Promise<T> {
    return JSON.parse((await this.platOk([...args, '-o', 'json'], options)).stdout) as T;
  }

  /** `curl` with the token, unless `token: null`. */
  async curl(
    route: string,
    options: RequestInit & { token?: string | null; host?: string } = {},
  ): Promise<Answer> {
    const headers = new Headers(options.headers);
    if (options.token !== null) headers.set('authorization', `Bearer ${options.token ?? TOKEN}`);
    const response = await fetch(`${this.url}${route}`, {
      signal: AbortSignal.timeout(90_000),
      ...options,
      headers,
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }
}

/** A port that nobody has, below those that the kernel gives to connections: none of them takes it before a server does. */
export async function freePort(): Promise<number> {
  for (let attempts = 100; attempts > 0; attempts--) {
    const port = randomInt(10_240, 32_768);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
  throw new Error('No port to be had.');
}
