import Button from '@mui/material/Button';
import { ButtonLink } from '../../../components/button-link.tsx';
import { Panel } from '../../../components/panel.tsx';
import { paths, type FunctionKey } from '../../../paths.ts';
import { VersionChanges } from './version-changes.tsx';

/** Two versions' configurations, as far as they differ, and the way to the differences of their code. */
export function ConfigDiff(props: {
  functionKey: FunctionKey;
  numbers: [number, number];
  onClose: () => void;
}) {
  const [from, to] = props.numbers;
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
      <VersionChanges functionKey={props.functionKey} from={from} to={to} heightPx={120} />
    </Panel>
  );
}
