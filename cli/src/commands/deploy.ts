import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { DeployOptions } from '@plat/platform-kit/api/versions-api.ts';
import type { VersionRecord } from '@plat/platform-kit/domain.ts';
import { formatBytes } from '@plat/platform-kit/quantities.ts';
import type { z } from 'zod';
import type { FunctionKey } from '../api-client.ts';
import { CliError, interrupted } from '../cli-error.ts';
import { note, type ApiContext } from '../context.ts';
import { describeFailedDeploy } from '../deploy-failure.ts';
import { planDeploy, type DeployFlags, type DeployPlan } from '../deploy-plan.ts';
import { Phases } from '../output/phases.ts';
import { printData } from '../output/print.ts';
import { planOf, type RolloutFlags } from '../rollout-plan.ts';
import { followRollout } from '../show-rollout.ts';
import { retryNetwork } from '../retry-network.ts';
import { packSource, sourceForm } from '../source-upload.ts';
import { stripControls } from '../terminal.ts';
import { watchVersion } from '../watch-version.ts';

export type DeployArgs = DeployFlags &
  RolloutFlags & {
    folder?: string;
    promote: boolean;
    wait: boolean;
    waitTimeout: number;
    buildLog?: boolean;
  };

const CANCEL_TIMEOUT_MS = 3000;

/** Packs a folder, uploads it and watches until the new version serves, or says why it does not. */
export async function deploy(context: ApiContext, args: DeployArgs): Promise<void> {
  const plan = await planDeploy(context, path.resolve(context.cwd, args.folder ?? '.'), args);
  const rollout = planOf(args);
  if (rollout && !args.promote)
    throw new CliError('usage', '--canary moves the traffic, --no-promote leaves it: give one of them.');
  const phases = new Phases(context);
  try {
    const release = rollout ? { rollout } : { promote: args.promote };
    const accepted = await upload(context, plan, { release, phases });
    if (!args.wait) {
      await note(
        context,
        `Accepted as version ${accepted.number}. Watch it: plat build-log ${plan.name} ${accepted.number} -f`,
      );
      return await printDeployed(context, plan, accepted);
    }
    const finished = await watch(context, plan, accepted, args, phases);
    if (rollout) await followRollout(context, plan, await context.api.getRollout(plan));
    await printDeployed(context, plan, finished, rollout !== undefined);
  } finally {
    await phases.clear();
  }
}

async function upload(
  context: ApiContext,
  plan: DeployPlan,
  { release, phases }: { release: z.input<typeof DeployOptions>; phases: Phases },
): Promise<VersionRecord> {
  phases.begin('packing');
  const packed = await packSource(plan.folder, context.signal).catch((error: unknown) => {
    if (context.signal.aborted) throw interrupted();
    throw error;
  });
  try {
    const { entries, bytes } = packed;
    const size = `${entries} file${entries === 1 ? '' : 's'}, ${formatBytes(bytes)}`;
    phases.begin('uploading');
    // The key makes a repeat harmless: an upload whose answer was lost is not deployed a second time.
    const key = randomUUID();
    const version = await retryNetwork(context.signal, () => {
      const parts = [
        ['config', plan.config],
        ['options', release],
      ] as const;
      const { body, headers } = sourceForm(packed, parts);
      return context.api.deploy(plan, {
        body,
        headers: { ...headers, 'idempotency-key': key },
        onProgress: (sent) =>
          phases.update(
            `${Math.min(100, Math.floor((sent / Math.max(1, bytes)) * 100))}% of ${formatBytes(bytes)}`,
          ),
      });
    });
    await phases.finish(`uploaded ${size}`);
    return version;
  } catch (error) {
    if (context.signal.aborted) throw interrupted();
    throw error;
  } finally {
    await packed.remove();
  }
}

const PHASE_LABELS: Record<string, string> = {
  pending: 'waiting for the builder',
  building: 'building',
  starting: 'starting',
};

async function watch(
  context: ApiContext,
  plan: DeployPlan,
  accepted: VersionRecord,
  args: DeployArgs,
  phases: Phases,
): Promise<VersionRecord> {
  const log: string[] = [];
  let phase: string | undefined;
  const enter = async (version: VersionRecord) => {
    if (version.state === phase) return;
    if (phase === 'building' && version.state !== 'failed') {
      await phases.finish(version.imageReused ? 'built (took the image of an earlier build)' : 'built');
    }
    if (phase === 'starting' && version.state === 'ready') await phases.finish('started');
    phase = version.state;
    const label = PHASE_LABELS[phase];
    if (label) phases.begin(label);
  };
  let last: VersionRecord;
  try {
    last = await watchVersion({
      open: (signal) => context.api.versionEvents(plan, accepted.number, signal),
      onState: enter,
      onLog: async (line) => {
        log.push(line.text);
        if (args.buildLog) await phases.line(stripControls(line.text));
      },
      timeoutMs: args.waitTimeout,
      signal: context.signal,
    });
  } catch (error) {
    if (context.signal.aborted) throw await cancelled(context, plan, accepted.number);
    if (error instanceof CliError && error.exit === 'network') {
      throw new CliError('network', `${error.message} Version ${accepted.number} may still become ready.`, {
        hint: `Look again: plat versions ${plan.name} --project ${plan.project}`,
        cause: error,
      });
    }
    throw error;
  }
  await phases.clear();
  if (last.state === 'ready') return last;
  throw await describeFailedDeploy(context, last, args.buildLog ? [] : log);
}

/** ^C: nobody waits for this version any more, so the platform need not build it. */
async function cancelled(context: ApiContext, key: FunctionKey, version: number): Promise<CliError> {
  const signal = AbortSignal.timeout(CANCEL_TIMEOUT_MS);
  const done = await context.api.cancelVersion(key, version, signal).then(
    () => true,
    () => false,
  );
  return interrupted(
    done
      ? `Interrupted: version ${version} of ${key.project}/${key.name} was cancelled.`
      : `Interrupted. Version ${version} of ${key.project}/${key.name} could not be cancelled and may still become ready.`,
  );
}

async function printDeployed(
  context: ApiContext,
  plan: DeployPlan,
  version: VersionRecord,
  wasRolledOut = false,
): Promise<void> {
  const view = await context.api.getFunction(plan);
  const isLive = version.state === 'ready' && (version.promote || wasRolledOut);
  const urls = isLive
    ? { url: view.url, hostUrl: view.hostUrl }
    : { url: `${view.url}@${version.number}`, hostUrl: null };
  if (version.state === 'ready') {
    const { bold, green } = context.colors;
    const what = isLive ? 'is live' : 'is ready, and no traffic goes to it yet';
    await note(
      context,
      `${green('✔')} ${bold(`${plan.project}/${plan.name}`)} version ${version.number} ${what}`,
    );
  }
  if (await printData(context, { ...version, ...urls }, () => `${plan.name}\n`)) return;
  await context.out.write(`${urls.url}\n${urls.hostUrl ? `${urls.hostUrl}\n` : ''}`);
}
