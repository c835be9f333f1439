import Box from '@mui/material/Box';
import type { DraftResult } from '@plat/platform-kit/api/drafts-api.ts';
import { formatBytes } from '@plat/platform-kit/quantities.ts';
import { RequestError } from '../../../api-client/request-error.ts';
import { ErrorPanel } from '../../../components/error-panel.tsx';
import { Facts } from '../../../components/facts.tsx';
import { Panel } from '../../../components/panel.tsx';
import { PhaseTimeline, type Phase } from '../../../components/phase-timeline.tsx';
import { formatMs } from '../../../format/numbers.ts';
import { AnswerPanel } from './answer-panel.tsx';
import { PrintedPanel } from './printed-panel.tsx';

/** What came of a draft: whether it could be built and called, its answer, where the time went, and what it printed. */
export function DraftOutcome({ result }: { result: DraftResult }) {
  const { error, status, requestId } = result;
  const bytes = result.isBase64 ? atob(result.body).length : new TextEncoder().encode(result.body).length;
  const phases = planDraft(result);
  return (
    <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      {error && (
        <ErrorPanel
          error={
            new RequestError(error.code, error.message, { status, component: error.component, requestId })
          }
        />
      )}
      <AnswerPanel
        status={status}
        from={error?.component ?? null}
        took={formatMs(result.durationMs)}
        contentType={result.headers['content-type'] ?? ''}
        bodyBytes={bytes}
        isCut={result.isCut}
        body={error || result.isBase64 ? null : result.body}
      />
      <Panel title="Where the time went" isFlush>
        <PhaseTimeline label="Phases of the draft" phases={phases} />
        <Box sx={{ p: 2, borderTop: 1, borderColor: 'divider' }}>
          <Facts
            facts={[
              ['CPU', result.cpuMs === null ? 'not measured' : formatMs(result.cpuMs)],
              ['Memory', result.memoryBytes === null ? 'not measured' : formatBytes(result.memoryBytes)],
            ]}
          />
        </Box>
      </Panel>
      <PrintedPanel logs={result.logs} problem={null} />
    </Box>
  );
}

function planDraft({ buildMs, startMs, durationMs }: DraftResult): Phase[] {
  const started = buildMs + startMs;
  const phases: Phase[] = [
    { key: 'built', label: 'Building the image', part: 'platform', fromMs: 0, toMs: buildMs },
    { key: 'started', label: 'Starting, until it was ready', part: 'wait', fromMs: buildMs, toMs: started },
    { key: 'called', label: 'The function', part: 'function', fromMs: started, toMs: started + durationMs },
  ];
  return phases.filter(({ fromMs, toMs }) => toMs > fromMs);
}
