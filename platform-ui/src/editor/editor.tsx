import { Suspense, lazy, type ComponentProps } from 'react';
import Skeleton from '@mui/material/Skeleton';
import { PartBoundary } from '../components/part-boundary.tsx';

const LazyEditor = lazy(async () => ({ default: (await import('./code-editor.tsx')).CodeEditor }));
const LazyDiff = lazy(async () => ({ default: (await import('./code-editor.tsx')).CodeDiff }));

const waiting = <Skeleton variant="rectangular" height="100%" />;

/** The code editor; its code is fetched when it is first shown. */
export function Editor(props: ComponentProps<typeof LazyEditor>) {
  return (
    <PartBoundary>
      <Suspense fallback={waiting}>
        <LazyEditor key={props.path} {...props} />
      </Suspense>
    </PartBoundary>
  );
}

export function Diff(props: ComponentProps<typeof LazyDiff>) {
  return (
    <PartBoundary>
      <Suspense fallback={waiting}>
        <LazyDiff {...props} />
      </Suspense>
    </PartBoundary>
  );
}
