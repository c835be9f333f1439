import { FunctionConfigInput, type FunctionConfig } from '@plat/platform-kit/function-config.ts';
import { describeIssues, type Issue } from '@plat/platform-kit/parse.ts';
import { formatDuration } from '@plat/platform-kit/quantities.ts';
import { SCALE_DEFAULTS } from '@plat/platform-kit/scale-policy.ts';
import type { RuntimeManifest } from '@plat/platform-kit/runtime-manifest.ts';

/** A configuration as it is typed. */
export type ConfigDraft = {
  handler: string;
  memory: string;
  cpu: string;
  timeout: string;
  concurrency: string;
  env: string;
  min: string;
  max: string;
  target: string;
  pauseAfter: string;
  stopAfter: string;
  idle: string;
  edge: FunctionConfig['edge'];
  keepBodies: FunctionConfig['keepBodies'];
};

export function draftOfConfig(config: FunctionConfig): ConfigDraft {
  return {
    handler: config.handler ?? '',
    memory: `${config.memoryMb}MB`,
    cpu: String(config.cpus),
    timeout: formatDuration(config.timeoutMs),
    concurrency: String(config.concurrency),
    env: Object.entries(config.env).map(([name, value]) => `${name}=${escape(value)}`).join('\n'), // prettier-ignore
    ...draftOfScale(config.scale),
    edge: config.edge,
    // Versions from before there was such a setting have none.
    keepBodies: config.keepBodies ?? 'off',
  };
}

/** What a function of this runtime has when nothing is said. */
export function draftOfRuntime({ defaults }: RuntimeManifest): ConfigDraft {
  return {
    handler: defaults.handler ?? '',
    memory: `${defaults.memoryMb}MB`,
    cpu: '1',
    timeout: `${defaults.timeoutSeconds}s`,
    concurrency: String(defaults.concurrency),
    env: '',
    ...draftOfScale(SCALE_DEFAULTS),
    edge: 'proxy',
    keepBodies: 'off',
  };
}

function draftOfScale(scale: FunctionConfig['scale']) {
  return {
    min: String(scale.min),
    max: String(scale.max),
    target: String(scale.target),
    pauseAfter: formatDuration(scale.pauseAfterMs),
    stopAfter: formatDuration(scale.stopAfterMs),
    idle: formatDuration(scale.idleMs),
  };
}

/** What is typed as a deploy takes it, or what is wrong with it, by field. Judged by the platform's own schema. */
export function parseDraft(
  draft: ConfigDraft,
  runtime: string,
  takesHandler: boolean,
): { config: FunctionConfigInput } | { problems: Record<string, string> } {
  const lines = draft.env.split('\n').filter((line) => line.trim() !== '');
  const odd = lines.find((line) => !line.includes('='));
  if (odd !== undefined) return { problems: { env: `expected NAME=value, received "${odd}"` } };
  const input = {
    runtime,
    ...(takesHandler && draft.handler.trim() !== '' ? { handler: draft.handler.trim() } : {}),
    memory: draft.memory.trim(),
    cpu: Number(draft.cpu),
    timeout: draft.timeout.trim(),
    concurrency: Number(draft.concurrency),
    env: Object.fromEntries(
      lines.map((line) => [
        line.slice(0, line.indexOf('=')).trim(),
        unescape(line.slice(line.indexOf('=') + 1)),
      ]),
    ),
    scale: {
      min: Number(draft.min),
      max: Number(draft.max),
      target: Number(draft.target),
      pauseAfter: draft.pauseAfter.trim(),
      stopAfter: draft.stopAfter.trim(),
      idle: draft.idle.trim(),
    },
    edge: draft.edge,
    keepBodies: draft.keepBodies,
  };
  const result = FunctionConfigInput.safeParse(input);
  if (result.success) return { config: input };
  return { problems: draftProblems(describeIssues(result.error, input, FunctionConfigInput)) };
}

/** What is wrong with a configuration, by the fields of the draft; the platform's own words. */
export function draftProblems(issues: readonly Issue[]): Record<string, string> {
  const problems: Record<string, string> = {};
  for (const { field, message } of issues) {
    const [first = '', second = ''] = field.split('.');
    problems[first === 'scale' ? second : first] ??=
      second !== '' && first === 'env' ? `${second}: ${message}` : message;
  }
  return problems;
}

/** Values of several lines stand on one. */
const escape = (value: string) => value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
const unescape = (text: string) =>
  text.replace(/\\(n|\\)/g, (_, what: string) => (what === 'n' ? '\n' : '\\'));
