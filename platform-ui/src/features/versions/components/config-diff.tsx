import Button from '@mui/material/Button';
import Skeleton from '@mui/material/Skeleton';
import { ButtonLink } from '../../../components/button-link.tsx';
import { Panel } from '../../../components/panel.tsx';
import { QueryView } from '../../../components/query-view.tsx';
import { paths, type FunctionKey } from '../../../paths.ts';
import { useVersion } from '../api/use-version.ts';
import { ConfigChanges } from './config-changes.tsx';

/** Two versions' configurations, as far as they differ, and the way to the differences of their code. */
export function ConfigDiff(props: {
  functionKey: FunctionKey;
  numbers: [number, number];
  onClose: () => void;
}) {
  const [from, to] = props.numbers;
  const before = useVersion(props.functionKey, from);
  const after = useVersion(props.functionKey, to);
  const skeleton = <Skeleton variant="rectangular" height={120} />;
  return (
    <Panel
      title={`Version ${from} → version ${to}`}
      isFlush
      actions={
        <>
          <ButtonLink to={`${paths.code(props.functionKey)}?version=${to}&compare=${from}`} color="inherit">
            Compare the code
          </ButtonLink>
          <Button color="inherit" onClick={props.onClose}>
            Close
          </Button>
        </>
      }
    >
      <QueryView query={before} skeleton={skeleton}>
        {(old) => (
          <QueryView query={after} skeleton={skeleton}>
            {(now) => <ConfigChanges before={old} after={now} />}
          </QueryView>
        )}
      </QueryView>
    </Panel>
  );
}
