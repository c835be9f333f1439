import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type Docker from 'dockerode';
import { docker, removeLeftovers } from './engine.ts';
import { PLAT, REPOSITORY, freePort, type Answer } from './platform.ts';
import { nameInRun } from './run.ts';
import { runProcess, type Finished, type RunOptions } from './run-process.ts';
import { giveImages, takeImages } from './stack-images.ts';

const TOKEN = 'dev-token';
const UP_MS = 240_000;

/** The platform by Docker Compose, under a project name and on ports of its own, without Traefik. */
export class ComposeStack {
  readonly name = nameInRun();
  readonly folder: string;
  readonly port: number;
  readonly registryPort: number;
  /** Variables of the stack; what is changed here holds from the next `compose` on. */
  readonly settings: Record<string, string>;

  private constructor(
    folder: string,
    ports: { gateway: number; registry: number },
    settings: Record<string, string>,
  ) {
    this.folder = folder;
    this.port = ports.gateway;
    this.registryPort = ports.registry;
    this.settings = settings;
  }

  /** With the images of its services, and nothing that runs yet. */
  static async create(settings: Record<string, string> = {}): Promise<ComposeStack> {
    const folder = await mkdtemp(path.join(os.tmpdir(), `${nameInRun()}-`));
    const ports = { gateway: await freePort(), registry: await freePort() };
    const stack = new ComposeStack(folder, ports, settings);
    await giveImages(stack.name);
    return stack;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get env(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      COMPOSE_FILE: 'docker-compose.yaml:proxy/without-traefik.yaml',
      COMPOSE_PROJECT_NAME: this.name,
      PORT: String(this.port),
      REGISTRY_PORT: String(this.registryPort),
      XDG_CONFIG_HOME: path.join(this.folder, 'config'),
      API_URL: this.url,
      PLAT_TOKEN: TOKEN,
      NO_COLOR: '1',
      ...this.settings,
    };
  }

  compose(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    return runProcess('docker', ['compose', ...args], {
      cwd: REPOSITORY,
      env: this.env,
      timeoutMs: UP_MS,
      ...options,
    });
  }

  async composeOk(args: readonly string[]): Promise<Finished> {
    const finished = await this.compose(args);
    if (finished.code === 0) return finished;
    const logs = await this.compose(['logs', '--no-color', '--tail', '40']);
    throw new Error(
      `docker compose ${args.join(' ')} exited with ${finished.code}\n${finished.stderr}\n${logs.stdout}`,
    );
  }

  /** Resolves once the services (all of them by default) are healthy. */
  async up(...args: string[]): Promise<void> {
    await this.composeOk(['up', '-d', '--wait', '--quiet-pull', ...args]);
  }

  /** The containers of the services, by service. */
  async containers(): Promise<Map<string, Docker.ContainerInspectInfo>> {
    const found = await docker.listContainers({
      all: true,
      filters: { label: [`com.docker.compose.project=${this.name}`] },
    });
    const infos = await Promise.all(found.map(({ Id }) => docker.getContainer(Id).inspect()));
    return new Map(infos.map((info) => [info.Config.Labels['com.docker.compose.service']!, info]));
  }

  /** Runs a program in a service's container. */
  async exec(service: string, ...command: string[]): Promise<Finished> {
    return this.compose(['exec', '--no-TTY', service, ...command], { timeoutMs: 60_000 });
  }

  async remove(): Promise<void> {
    await this.compose(['--profile', '*', 'down', '--volumes', '--timeout', '5']);
    await removeLeftovers(this.name);
    await takeImages(this.name);
    await rm(this.folder, { recursive: true, force: true });
  }

  async workFolder(name: string): Promise<string> {
    const folder = path.join(this.folder, 'work', name);
    await mkdir(folder, { recursive: true });
    return folder;
  }

  async plat(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    return runProcess(process.execPath, [PLAT, ...args], { cwd: this.folder, env: this.env, ...options });
  }

  async platOk(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    const finished = await this.plat(args, options);
    if (finished.code === 0) return finished;
    const logs = await this.compose(['logs', '--no-color', '--tail', '40']);
    throw new Error(
      `plat ${args.join(' ')} exited with ${finished.code}\n${finished.stderr}\n${logs.stdout}`,
    );
  }

  async curl(route: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(`${this.url}${route}`, {
      signal: AbortSignal.timeout(60_000),
      headers: { authorization: `Bearer ${TOKEN}` },
      ...init,
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }
}
