import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Skeleton from '@mui/material/Skeleton';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import { Panel } from '../../../components/panel.tsx';
import { QueryView } from '../../../components/query-view.tsx';
import type { FunctionKey } from '../../../paths.ts';
import { useVersion } from '../api/use-version.ts';
import { diffConfigs } from './diff-configs.ts';

/** Two versions' configurations, as far as they differ. */
export function ConfigDiff(props: {
  functionKey: FunctionKey;
  numbers: [number, number];
  onClose: () => void;
}) {
  const [from, to] = props.numbers;
  const before = useVersion(props.functionKey, from);
  const after = useVersion(props.functionKey, to);
  return (
    <Panel
      title={`Version ${from} → version ${to}`}
      isFlush
      actions={
        <Button color="inherit" onClick={props.onClose}>
          Close
        </Button>
      }
    >
      <QueryView query={before} skeleton={<Skeleton variant="rectangular" height={120} />}>
        {(old) => (
          <QueryView query={after} skeleton={<Skeleton variant="rectangular" height={120} />}>
            {(now) => <Changes {...{ from, to }} changes={diffConfigs(old.config, now.config)} />}
          </QueryView>
        )}
      </QueryView>
    </Panel>
  );
}

function Changes(props: { from: number; to: number; changes: ReturnType<typeof diffConfigs> }) {
  if (props.changes.length === 0) {
    return (
      <Typography color="textSecondary" sx={{ p: 2 }}>
        Their configurations are the same.
      </Typography>
    );
  }
  return (
    <Box sx={{ overflowX: 'auto' }}>
      <Table size="small" aria-label="What differs">
        <TableHead>
          <TableRow>
            <TableCell>Setting</TableCell>
            <TableCell>Version {props.from}</TableCell>
            <TableCell>Version {props.to}</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {props.changes.map(({ label, before, after }) => (
            <TableRow key={label}>
              <TableCell component="th" scope="row">
                {label}
              </TableCell>
              <TableCell sx={{ color: 'error.main', overflowWrap: 'anywhere' }}>{before ?? '–'}</TableCell>
              <TableCell sx={{ color: 'success.main', overflowWrap: 'anywhere' }}>{after ?? '–'}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Box>
  );
}
