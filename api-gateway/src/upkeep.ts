import type { UpkeepCalls } from '@plat/platform-kit/clients/upkeep-calls.ts';
import { runChecks, type Check, type CheckSpec } from '@plat/platform-kit/checks.ts';
import { toPlatformError } from '@plat/platform-kit/errors.ts';
import type { GarbageItem, GarbageReport } from '@plat/platform-kit/garbage.ts';
import { COMPONENT } from './gateway-deps.ts';

/** These own something that can become garbage, in the order in which it goes: images only after their containers. */
const COLLECTORS = ['function-controller', 'builder', 'metadata-service'];

/** Asks every service about its own things and puts the answers together. Each service has its own time limit. */
export class Upkeep {
  readonly #services: Readonly<Record<string, UpkeepCalls>>;
  readonly #baseImages: () => Promise<string[]>;
  readonly #ownChecks: () => CheckSpec[];

  constructor(options: {
    /** By name. */
    services: Readonly<Record<string, UpkeepCalls>>;
    /** Images that may be at hand on the engine. */
    baseImages: () => Promise<string[]>;
    ownChecks: () => CheckSpec[];
  }) {
    this.#services = options.services;
    this.#baseImages = options.baseImages;
    this.#ownChecks = options.ownChecks;
  }

  /** Never throws: a service that does not answer is a check that failed. */
  async checks({ fix }: { fix: boolean }): Promise<Check[]> {
    const images = await this.#baseImages().catch(() => []);
    const asked = Object.entries(this.#services).map(async ([name, service]): Promise<Check[]> => {
      const startedAt = performance.now();
      try {
        const { items } = await (fix ? service.fixChecks({ images }) : service.checks({ images }));
        const ms = Math.round(performance.now() - startedAt);
        return [serviceCheck(name, { verdict: 'ok', evidence: `It answered, after ${ms} ms.` }), ...items];
      } catch (error) {
        const evidence = toPlatformError(error).message;
        return [
          serviceCheck(name, {
            verdict: 'fail',
            evidence,
            remedy: `docker compose up -d ${name}, or npm start`,
          }),
        ];
      }
    });
    const own = runChecks(COMPONENT, this.#ownChecks(), { fix });
    return (await Promise.all([own, ...asked])).flat();
  }

  async collectGarbage({ dryRun }: { dryRun: boolean }): Promise<GarbageReport> {
    const items: GarbageItem[] = [];
    const problems: GarbageReport['problems'] = [];
    for (const component of COLLECTORS) {
      const service = this.#services[component];
      if (!service) continue;
      try {
        items.push(...(await service.collectGarbage({ dryRun })).items);
      } catch (error) {
        problems.push({ component, problem: toPlatformError(error).message });
      }
    }
    const counted = items.filter(({ outcome }) => outcome === 'found' || outcome === 'removed');
    return { dryRun, items, problems, bytes: counted.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0) };
  }
}

function serviceCheck(
  name: string,
  finding: { verdict: 'ok' | 'fail'; evidence: string; remedy?: string },
): Check {
  const { verdict, evidence, remedy = null } = finding;
  return {
    id: `service.${name}`,
    component: COMPONENT,
    title: `The ${name} answers`,
    verdict,
    evidence,
    remedy,
    isFixable: false,
    fixed: null,
  };
}
