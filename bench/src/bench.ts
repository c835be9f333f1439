import type { ClosedLoop, Sample, Target } from './load/closed-loop.ts';
import { PeerMissing, type Peer } from './peers/peer.ts';
import { startCompose } from './stages/compose-stage.ts';
import { startEmbedded } from './stages/embedded-stage.ts';
import type { Deployed, Stage } from './stages/stage.ts';

export type BenchOptions = { isShort: boolean; load: ClosedLoop };

/** What scenarios work with: platforms and functions are made once, when the first of them asks. */
export class Bench {
  readonly isShort: boolean;
  readonly load: ClosedLoop;
  readonly repetitions: number;
  readonly seconds: number;
  readonly #stages = new Map<string, Promise<Stage>>();
  readonly #functions = new Map<string, Promise<Deployed>>();

  constructor({ isShort, load }: BenchOptions) {
    this.isShort = isShort;
    this.load = load;
    this.repetitions = isShort ? 3 : 5;
    this.seconds = isShort ? 2 : 4;
  }

  /** The platforms that are measured: `--short` leaves Compose out. */
  async stages(): Promise<Stage[]> {
    const stages = [await this.#stage('embedded', startEmbedded)];
    if (!this.isShort) stages.push(await this.#stage('compose', startCompose));
    return stages;
  }

  deployed(stage: Stage, name: string, files: Record<string, string>): Promise<Deployed> {
    const key = `${stage.name}/${name}`;
    const found = this.#functions.get(key) ?? stage.deploy(name, files);
    this.#functions.set(key, found);
    return found;
  }

  /** Measures the targets in turns, after a second of warming up each. Samples by the target's name, in their order. */
  async inTurns(targets: readonly Target[], connections: number): Promise<Map<string, Sample[]>> {
    const samples = new Map<string, Sample[]>(targets.map(({ name }) => [name, []]));
    for (const target of targets) await this.load.run(target, { connections, seconds: 1 });
    for (let round = 0; round < this.repetitions; round++) {
      for (const target of targets) {
        const sample = await this.load.run(target, { connections, seconds: this.seconds });
        if (sample.failed > 0) throw new Error(`${target.name}: ${sample.failed} requests failed.`);
        samples.get(target.name)!.push(sample);
      }
    }
    return samples;
  }

  /** Runs `use` with the peers that this machine can start; says which it cannot. */
  async withPeers<T>(
    starts: (() => Promise<Peer>)[],
    use: (peers: Peer[], skipped: string[]) => Promise<T>,
  ): Promise<T> {
    const peers: Peer[] = [];
    const skipped: string[] = [];
    try {
      for (const start of starts) {
        try {
          peers.push(await start());
        } catch (error) {
          if (!(error instanceof PeerMissing)) throw error;
          skipped.push(error.message);
        }
      }
      return await use(peers, skipped);
    } finally {
      for (const peer of peers) await peer.close();
    }
  }

  async close(): Promise<void> {
    for (const stage of this.#stages.values()) await (await stage.catch(() => undefined))?.close();
  }

  #stage(name: string, start: () => Promise<Stage>): Promise<Stage> {
    const found = this.#stages.get(name) ?? start();
    this.#stages.set(name, found);
    return found;
  }
}
