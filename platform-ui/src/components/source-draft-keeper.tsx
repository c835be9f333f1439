import { useMemo, useState, type ReactNode } from 'react';
import { useLeaveGuard } from './leave-guard.tsx';
import { SourceDraftContext, type SourceDraft } from './source-draft.ts';

/** Keeps code that is not deployed while addresses begin with `within`, and asks before it is left behind. */
export function SourceDraftKeeper({ within, children }: { within: string; children: ReactNode }) {
  const [draft, setDraft] = useState<SourceDraft | null>(null);
  const guard = useLeaveGuard(draft !== null, within);
  const keeper = useMemo(() => ({ draft, setDraft }), [draft]);
  return (
    <SourceDraftContext value={keeper}>
      {children}
      {guard}
    </SourceDraftContext>
  );
}
