import { EmptyState } from '../../../components/empty-state.tsx';
import { CallOutcome } from './call-outcome.tsx';
import { DraftOutcome } from './draft-outcome.tsx';
import type { TestRun } from './use-test-run.ts';

/** What came of the last run, or that there was none. */
export function TestOutcome({ run, isDraft }: { run: TestRun; isDraft: boolean }) {
  if (run.isPending)
    return (
      <EmptyState title={isDraft ? 'Building, starting, calling …' : 'Calling …'}>
        {isDraft ? 'This takes as long as a deploy and the call. ' : ''}Esc gives it up.
      </EmptyState>
    );
  switch (run.result?.kind) {
    case 'call':
      return <CallOutcome result={run.result.result} />;
    case 'draft':
      return <DraftOutcome result={run.result.result} />;
    case undefined:
      return (
        <EmptyState title="No call yet">
          Run one, and its answer, its logs and where its time went show up here.
        </EmptyState>
      );
  }
}
