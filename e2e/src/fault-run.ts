import { poll } from '@plat/platform-kit/waiting.ts';
import type { ComposeStack } from './compose-stack.ts';
import { docker, leftovers } from './engine.ts';
import type { Fault } from './faults.ts';
import { nodeFunction, writeFunction } from './function-folder.ts';
import { Traffic, type Counted } from './traffic.ts';

const HEALED_WITHIN_MS = 60_000;
/** Longer than the gateway holds a call for a function-proxy that is away. */
const CALL_MS = 30_000;

export type FaultOutcome = {
  fault: string;
  counted: Counted;
  /** From when the fault was taken back until all was well; undefined when it never was. */
  healedMs: number | undefined;
};

/** Constant warm traffic to one function of a Compose stack, under which faults are inflicted. */
export class FaultRun {
  readonly outcomes: FaultOutcome[] = [];
  readonly #stack: ComposeStack;
  readonly #traffic: Traffic;

  private constructor(stack: ComposeStack) {
    this.#stack = stack;
    this.#traffic = new Traffic(async () => {
      const response = await fetch(`${stack.url}/function/steady`, {
        headers: { authorization: 'Bearer dev-token' },
        signal: AbortSignal.timeout(CALL_MS),
      });
      await response.body?.cancel();
      return response.status === 200;
    }, 20);
  }

  /** Deploys the function, which has an instance all the time, and begins to call it. */
  static async begin(stack: ComposeStack): Promise<FaultRun> {
    const folder = await writeFunction(
      await stack.workFolder('steady'),
      nodeFunction('steady', 'return "ok";', 'scale:\n  min: 1\n'),
    );
    await stack.platOk(['deploy'], { cwd: folder });
    return new FaultRun(stack);
  }

  close(): Promise<void> {
    return this.#traffic.close();
  }

  /** Inflicts a fault, `meanwhile` does what is to be tried while it lasts, takes it back, and waits until all is well. */
  async inflict(fault: Fault, meanwhile: () => Promise<void> = async () => undefined): Promise<FaultOutcome> {
    await this.#traffic.take();
    await fault.inflict(this.#stack);
    try {
      await Promise.all([new Promise((resolve) => setTimeout(resolve, fault.lastsMs)), meanwhile()]);
    } finally {
      await fault.undo?.(this.#stack);
    }
    const undoneAt = Date.now();
    const healed = await poll(async () => ((await this.#isAllWell()) ? true : undefined), {
      intervalMs: 200,
      timeoutMs: HEALED_WITHIN_MS,
    });
    const healedMs = healed ? Date.now() - undoneAt : undefined;
    const outcome = { fault: fault.name, counted: await this.#traffic.take(), healedMs };
    this.outcomes.push(outcome);
    const { failed, requests, slowestMs } = outcome.counted;
    console.log(
      `${fault.name}: ${failed} of ${requests} calls failed, the slowest took ${seconds(slowestMs)}, all well after ${seconds(outcome.healedMs)}`,
    );
    return outcome;
  }

  /** All that the stack has and nothing should be added to or taken from: what is acknowledged, and what could be left over. */
  async inventory(): Promise<Record<string, unknown>> {
    const { name } = this.#stack;
    const [things, { Volumes }, staging, functions, versions] = await Promise.all([
      leftovers(name),
      docker.listVolumes({ filters: { label: [`com.docker.compose.project=${name}`] } }),
      this.#stack.exec('builder', 'find', '/app/data/staging', '-mindepth', '1'),
      this.#stack.curl('/api/projects/default/functions'),
      this.#stack.curl('/api/projects/default/functions/steady/versions'),
    ]);
    return {
      containers: things.containers.sort(),
      images: things.images.sort(),
      networks: things.networks.sort(),
      volumes: Volumes.map((volume) => volume.Name).sort(),
      temporaryFolders: staging.stdout,
      functions: (JSON.parse(functions.text) as { items: { name: string }[] }).items.map((fn) => fn.name),
      versions: versions.text,
    };
  }

  async #isAllWell(): Promise<boolean> {
    const containers = [...(await this.#stack.containers()).values()];
    // What has no health check does its work once and ends, or belongs to the test.
    const services = containers.filter((info) => info.Config.Healthcheck);
    const isWell = ({ State }: (typeof services)[number]) =>
      State.Running && !State.Paused && State.Health?.Status === 'healthy';
    if (!services.every(isWell)) return false;
    const system = await this.#stack.curl('/api/system').catch(() => undefined);
    if (system?.status !== 200) return false;
    const { engine, services: parts } = JSON.parse(system.text) as {
      engine: { available: boolean };
      services: { ok: boolean }[];
    };
    if (!engine.available || parts.some((service) => !service.ok)) return false;
    const answers200 = async (path: string) =>
      (await this.#stack.curl(path).catch(() => undefined))?.status === 200;
    return (await answers200('/api/projects/default/functions')) && (await answers200('/function/steady'));
  }
}

export function seconds(ms: number | undefined): string {
  return ms === undefined ? 'never' : `${(ms / 1000).toFixed(1)} s`;
}
