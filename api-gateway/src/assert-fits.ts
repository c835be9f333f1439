import type { Budget } from '@plat/platform-kit/api/metrics-api.ts';
import type { ControllerClient } from '@plat/platform-kit/clients/controller-client.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { FunctionConfig } from '@plat/platform-kit/function-config.ts';

/** What all instances together may take; null when nobody knows at present. */
export async function readBudget(controller: Pick<ControllerClient, 'usage'>): Promise<Budget | null> {
  const capacity = await controller.usage().catch(() => null);
  return capacity?.budget ?? null;
}

/** Refuses (`invalid`) what could never run within the host's budget, whatever else runs. */
export function assertFits(config: FunctionConfig, budget: Budget | null): void {
  if (!budget) return;
  const { memoryMb, cpus } = config;
  const count = Math.max(1, config.scale.min);
  const memory = `all instances together may take ${budget.memoryMb.limit} MB of this host (INSTANCES_MEMORY_MB)`;
  const cpu = `all instances together may take ${budget.cpus.limit} cores of this host (INSTANCES_CPU_OVERCOMMIT)`;
  if (memoryMb > budget.memoryMb.limit) throw neverFits('memory', memoryMb, memory);
  if (cpus > budget.cpus.limit) throw neverFits('cpu', cpus, cpu);
  if (count * memoryMb > budget.memoryMb.limit) throw neverFits('scale.min', count, `${memory}, and each takes ${memoryMb} MB`);
  if (count * cpus > budget.cpus.limit) throw neverFits('scale.min', count, `${cpu}, and each takes ${cpus}`);
} // prettier-ignore

function neverFits(field: string, received: number, why: string): PlatformError {
  return new PlatformError('invalid', `${field}: ${received} never fits: ${why}.`, {
    details: { field, received },
  });
}
