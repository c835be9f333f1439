import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { poll } from '@plat/platform-kit/waiting.ts';

const DEBIAN_FOLDER = '/usr/lib/postgresql';
const START_MS = 30_000;

/** Where the server's programs are, newest version first on Debian; undefined when PostgreSQL is not installed. */
export async function findPostgres(): Promise<string | undefined> {
  const versions = await readdir(DEBIAN_FOLDER).catch(() => [] as string[]);
  const folders = versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => path.join(DEBIAN_FOLDER, version, 'bin'));
  return [...folders, '/usr/local/bin', '/usr/bin'].find((folder) => existsSync(path.join(folder, 'initdb')));
}

type Identity = { uid: number; gid: number };

/**
 * A PostgreSQL cluster for a test: in a temporary folder, on a Unix socket only, without the waits for the disk. It can
 * be ended as by a crash and started again; `dispose` leaves nothing.
 */
export class PostgresCluster {
  readonly #bin: string;
  readonly #folder: string;
  readonly #identity: Identity | undefined;
  #server: ReturnType<typeof spawn> | undefined;

  private constructor(bin: string, folder: string, identity: Identity | undefined) {
    this.#bin = bin;
    this.#folder = folder;
    this.#identity = identity;
  }

  static async start(bin: string): Promise<PostgresCluster> {
    const folder = await mkdtemp(path.join(tmpdir(), 'plat-pg-'));
    const identity = await unprivileged();
    if (identity) await chown(folder, identity.uid, identity.gid);
    const cluster = new PostgresCluster(bin, folder, identity);
    try {
      await cluster.#initialise();
      await cluster.boot();
    } catch (error) {
      await cluster.dispose();
      throw error;
    }
    return cluster;
  }

  url(database: string): string {
    return `postgres://plat@/${database}?host=${encodeURIComponent(this.#folder)}`;
  }

  /** A new empty database; returns its URL. */
  async createDatabase(): Promise<string> {
    const name = `t${randomBytes(6).toString('hex')}`;
    await this.query('postgres', `create database ${name}`);
    return this.url(name);
  }

  async query(database: string, statement: string): Promise<unknown[]> {
    const client = new Client({ connectionString: this.url(database) });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(statement)).rows;
    } finally {
      await client.end();
    }
  }

  async boot(): Promise<void> {
    const settings = {
      listen_addresses: '',
      unix_socket_directories: this.#folder,
      fsync: 'off',
      max_connections: '200',
    };
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const server = spawn(path.join(this.#bin, 'postgres'), ['-D', this.#data, ...options], {
      ...this.#identity,
      cwd: this.#folder,
      stdio: 'ignore',
    });
    this.#server = server;
    const ready = await poll(
      async () => {
        if (server.exitCode !== null) throw new Error(`PostgreSQL ended with ${server.exitCode}.`);
        return this.query('postgres', 'select 1').then(
          () => true,
          () => undefined,
        );
      },
      { intervalMs: 50, timeoutMs: START_MS },
    );
    if (!ready) throw new Error('PostgreSQL did not start in time.');
  }

  /** Ends the server at once, as a crash would: SIGQUIT, which takes its child processes along. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, 'exit');
    server.kill('SIGQUIT');
    await gone;
  }

  async dispose(): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  get #data(): string {
    return path.join(this.#folder, 'data');
  }

  async #initialise(): Promise<void> {
    const child = spawn(
      path.join(this.#bin, 'initdb'),
      ['-D', this.#data, '-U', 'plat', '--auth=trust', '--encoding=UTF8', '--no-sync', '--no-instructions'],
      { ...this.#identity, cwd: this.#folder, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const [output] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    if (child.exitCode !== 0) throw new Error(`initdb ended with ${child.exitCode}: ${output}`);
  }
}

/** PostgreSQL refuses to run as root: then it runs as the user of Debian's package, or as nobody. */
async function unprivileged(): Promise<Identity | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const users = new Map(
    (await readFile('/etc/passwd', 'utf8'))
      .split('\n')
      .map((line) => line.split(':'))
      .map(([name, , uid, gid]) => [name, { uid: Number(uid), gid: Number(gid) }]),
  );
  return users.get('postgres') ?? users.get('nobody') ?? { uid: 65534, gid: 65534 };
}
