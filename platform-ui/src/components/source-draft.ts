import { createContext, use } from 'react';
import type { SourceFile } from '../archive/source-files.ts';

/** Code that was changed and is not deployed; `number` is the version that it was before. */
export type SourceDraft = { number: number; files: readonly SourceFile[] };

export type DraftKeeper = { draft: SourceDraft | null; setDraft: (draft: SourceDraft | null) => void };

/** Kept as long as the function is shown, whichever of its pages is. */
export const SourceDraftContext = createContext<DraftKeeper | null>(null);

export function useSourceDraft(): DraftKeeper {
  const keeper = use(SourceDraftContext);
  if (keeper === null) throw new Error('useSourceDraft() needs a SourceDraftContext around it.');
  return keeper;
}
