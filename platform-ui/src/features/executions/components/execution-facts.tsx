import type { ReactNode } from 'react';
import Box from '@mui/material/Box';
import type { EvictionOfCall, ExecutionDetail } from '@plat/platform-kit/api/executions-api.ts';
import type { Trigger } from '@plat/platform-kit/domain.ts';
import { formatBytes } from '@plat/platform-kit/quantities.ts';
import { CopyButton } from '../../../components/copy-button.tsx';
import { Facts } from '../../../components/facts.tsx';
import { Link } from '../../../components/link.tsx';
import { formatMs } from '../../../format/numbers.ts';
import { formatTime } from '../../../format/time.ts';
import { paths } from '../../../paths.ts';
import { startWords } from './start-words.ts';

const TRIGGER: Record<Trigger, string> = {
  api: 'with a token, at /function/…',
  edge: 'at its own host',
  invoke: 'an event handed to the handler',
};

const ROOM: Record<EvictionOfCall['role'], (eviction: EvictionOfCall) => [string, ReactNode]> = {
  was_put_out: ({ at, other }) => [
    'Evicted before',
    `at ${formatTime(at)}, to make room for ${otherText(other) ?? 'others'}`,
  ],
  made_room: ({ other }) => ['Put out for it', `an instance of ${otherText(other) ?? 'another project'}`],
};

function otherText(other: EvictionOfCall['other']): string | null {
  return other && `${other.project}/${other.function} v${other.version}`;
}

export function ExecutionFacts({ execution }: { execution: ExecutionDetail }) {
  const { project, function: name, version, alias, usage, instance } = execution;
  const key = { project, name };
  const about = usage === 'sampled' || usage === 'shared' ? 'about ' : '';
  const shared = usage === 'shared' ? ', its part of what several calls used' : '';
  const facts: [string, ReactNode][] = [
    [
      'Function',
      <Link key="f" to={paths.function(key)}>
        {project}/{name}
      </Link>,
    ],
    [
      'Version',
      version === null ? (
        'none'
      ) : (
        <>
          <Link to={paths.version(key, version)} underline="always">{`v${version}`}</Link>
          {alias !== null && ` by alias ${alias}`}
        </>
      ),
    ],
    ['Called', TRIGGER[execution.trigger]],
    ['Began', formatTime(execution.startedAt)],
    ['Start', startWords(execution)],
    ...execution.evictions.map((one) => ROOM[one.role](one)),
    ['Waited', formatMs(execution.queueMs)],
    ['Took', formatMs(execution.durationMs)],
    ['CPU', execution.cpuMs === null ? 'unknown' : `${about}${formatMs(execution.cpuMs)}${shared}`],
    ['Memory', execution.memoryBytes === null ? 'unknown' : `${about}${formatBytes(execution.memoryBytes)}`],
    ['Sent', formatBytes(execution.bytesIn)],
    ['Received', formatBytes(execution.bytesOut)],
    [
      'Instance',
      instance === null ? (
        'none'
      ) : (
        <Link to={`${paths.functionExecutions(key)}?instance=${encodeURIComponent(instance)}`}>
          <code>{instance.slice(0, 12)}</code>
        </Link>
      ),
    ],
    ['Request', <Id key="r" id={execution.requestId} label="Copy the request id" />],
    ...(execution.traceId
      ? [['Trace', <Id key="t" id={execution.traceId} label="Copy the trace id" />] as [string, ReactNode]]
      : []),
    ['Execution', <Id key="e" id={execution.id} label="Copy the id" />],
  ];
  return <Facts facts={facts} />;
}

function Id({ id, label }: { id: string; label: string }) {
  return (
    <Box component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.5, minWidth: 0 }}>
      <code style={{ overflowWrap: 'anywhere' }}>{id}</code>
      <CopyButton text={id} label={label} />
    </Box>
  );
}
