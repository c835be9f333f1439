import { useRef, useState } from 'react';
import type { DraftResult } from '@plat/platform-kit/api/drafts-api.ts';
import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import type { FunctionConfig } from '@plat/platform-kit/function-config.ts';
import { writeZip, type SourceFile } from '../../../archive/source-files.ts';
import { configInput } from '../../../components/config-input.ts';
import { useCallFunction, type Call, type CallResult } from '../api/use-call-function.ts';
import { useRunDraft } from '../api/use-run-draft.ts';

/** Code that is not deployed, with the settings it runs by. */
export type RunnableDraft = { files: readonly SourceFile[]; config: FunctionConfig };

export type TestRun = {
  call: (call: Call) => void;
  runDraft: (call: Call, draft: RunnableDraft) => void;
  /** Waits no longer for what runs. */
  giveUp: () => void;
  isPending: boolean;
  error: Error | null;
  result: { kind: 'call'; result: CallResult } | { kind: 'draft'; result: DraftResult } | null;
};

/** One run at a time, of what is deployed or of a draft; the newest is what is shown. */
export function useTestRun(view: FunctionView): TestRun {
  const calling = useCallFunction();
  const drafting = useRunDraft(view.project);
  const [kind, setKind] = useState<'call' | 'draft'>('call');
  const running = useRef<AbortController | null>(null);
  const begin = (next: 'call' | 'draft') => {
    setKind(next);
    running.current = new AbortController();
    return running.current.signal;
  };
  const shown = kind === 'call' ? calling : drafting;
  return {
    call: (call) => calling.mutate({ ...call, signal: begin('call') }),
    runDraft: (call, { files, config }) =>
      drafting.mutate({
        draft: async () => ({
          config: configInput(config),
          archive: await writeZip(files),
          ...inputOf(call),
        }),
        signal: begin('draft'),
      }),
    giveUp: () => {
      running.current?.abort();
      shown.reset();
    },
    isPending: shown.isPending,
    error: shown.error,
    result:
      kind === 'call'
        ? calling.data
          ? { kind, result: calling.data }
          : null
        : drafting.data
          ? { kind, result: drafting.data }
          : null,
  };
}

function inputOf({ kind, method, path, headers, body }: Call) {
  if (kind === 'event') return { event: JSON.parse(body) as unknown };
  const hasBody = !['GET', 'HEAD'].includes(method) && body !== '';
  return {
    request: {
      method,
      path: path.startsWith('/') ? path : `/${path}`,
      headers,
      ...(hasBody ? { body } : {}),
    },
  };
}
