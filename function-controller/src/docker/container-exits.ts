import type Docker from 'dockerode';
import type { InstanceExits } from '../instance-host.ts';

/** How a container ended last. Once the engine has started it again, only the engine's events still know. */
export async function containerExits(
  docker: Docker,
  info: Docker.ContainerInspectInfo,
  signal: AbortSignal,
): Promise<InstanceExits> {
  const { State: state, RestartCount: restarts } = info;
  const up = state.Running && !state.Restarting;
  const last = up ? undefined : { exitCode: state.ExitCode, outOfMemory: state.OOMKilled };
  const { exitCode, outOfMemory } = last ??
    (restarts > 0 ? await lastExit(docker, info, signal) : undefined) ?? {
      exitCode: null,
      outOfMemory: state.OOMKilled,
    };
  return {
    status: state.Status as InstanceExits['status'],
    restarts,
    exitCode,
    outOfMemory,
    startedAt: up ? new Date(state.StartedAt).toISOString() : null,
  };
}

/** The engine keeps its last 256 events; undefined when this one is no longer among them. */
async function lastExit(
  docker: Docker,
  info: Docker.ContainerInspectInfo,
  signal: AbortSignal,
): Promise<{ exitCode: number; outOfMemory: boolean } | undefined> {
  const stream = (await docker.getEvents({
    since: Math.floor(Date.parse(info.Created) / 1000),
    // In the past, so that the answer ends.
    until: Date.now() / 1000,
    filters: { type: ['container'], container: [info.Id], event: ['die', 'oom'] },
    abortSignal: signal,
  })) as AsyncIterable<Buffer>;
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  let outOfMemory = false;
  let last: { exitCode: number; outOfMemory: boolean } | undefined;
  for (const line of text.split('\n')) {
    if (!line.trim()) continue;
    const event = JSON.parse(line) as { Action: string; Actor: { Attributes: Record<string, string> } };
    if (event.Action === 'oom') {
      outOfMemory = true;
      continue;
    }
    last = { exitCode: Number(event.Actor.Attributes['exitCode']), outOfMemory };
    outOfMemory = false;
  }
  return last;
}
