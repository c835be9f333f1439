import { createContext, use } from 'react';
import type { FunctionView } from '@plat/platform-kit/api/views.ts';

export const FunctionContext = createContext<FunctionView | null>(null);

/** The function that the page is about. */
export function useShownFunction(): FunctionView {
  const view = use(FunctionContext);
  if (view === null) throw new Error('useShownFunction() needs the page of a function around it.');
  return view;
}
