import { Component, type ReactNode } from 'react';
import { ErrorPanel } from './error-panel.tsx';

type Props = { children: ReactNode; fallback?: (error: unknown) => ReactNode };

/**
 * Around a part whose code is fetched when it is first shown. When the code is not to be had (offline, or the platform was
 * updated) the part says so in its own place, and the page around it stays. Browsers may keep a failed fetch of code for
 * as long as the page is open, so trying again is loading the page again.
 */
export class PartBoundary extends Component<Props, { failure: { error: unknown } | null }> {
  override state: { failure: { error: unknown } | null } = { failure: null };

  static getDerivedStateFromError(error: unknown) {
    return { failure: { error } };
  }

  override render(): ReactNode {
    const { failure } = this.state;
    if (!failure) return this.props.children;
    return this.props.fallback?.(failure.error) ?? <PartFailure error={failure.error} />;
  }
}

export function PartFailure({ error }: { error: unknown }) {
  return <ErrorPanel error={error} onRetry={() => location.reload()} />;
}
