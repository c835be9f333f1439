import Skeleton from '@mui/material/Skeleton';
import { QueryView } from '../../../components/query-view.tsx';
import type { FunctionKey } from '../../../paths.ts';
import { useVersion } from '../api/use-version.ts';
import { ConfigChanges } from './config-changes.tsx';

/** How the configurations of two versions differ, once both are there. `heightPx`: what is kept free for it meanwhile. */
export function VersionChanges(props: {
  functionKey: FunctionKey;
  from: number;
  to: number;
  heightPx: number;
}) {
  const before = useVersion(props.functionKey, props.from);
  const after = useVersion(props.functionKey, props.to);
  const skeleton = <Skeleton variant="rectangular" height={props.heightPx} />;
  return (
    <QueryView query={before} skeleton={skeleton}>
      {(old) => (
        <QueryView query={after} skeleton={skeleton}>
          {(now) => <ConfigChanges before={old} after={now} />}
        </QueryView>
      )}
    </QueryView>
  );
}
