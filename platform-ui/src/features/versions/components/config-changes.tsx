import Box from '@mui/material/Box';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import type { VersionRecord } from '@plat/platform-kit/domain.ts';
import { diffConfigs } from './diff-configs.ts';

/** What differs between the configurations of two versions. */
export function ConfigChanges({ before, after }: { before: VersionRecord; after: VersionRecord }) {
  const changes = diffConfigs(before.config, after.config);
  if (changes.length === 0) {
    return (
      <Typography color="textSecondary" sx={{ p: 2 }}>
        Their configurations are the same.
      </Typography>
    );
  }
  return (
    <Box sx={{ overflowX: 'auto' }}>
      <Table size="small" aria-label="What differs" sx={{ '& tbody tr:last-of-type > *': { borderBottom: 0 } }}>
        <TableHead>
          <TableRow>
            <TableCell>Setting</TableCell>
            <TableCell>Version {before.number}</TableCell>
            <TableCell>Version {after.number}</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {changes.map((change) => (
            <TableRow key={change.label}>
              <TableCell component="th" scope="row">
                {change.label}
              </TableCell>
              <TableCell sx={{ color: 'error.main', overflowWrap: 'anywhere' }}>{change.before ?? '–'}</TableCell>
              <TableCell sx={{ color: 'success.main', overflowWrap: 'anywhere' }}>{change.after ?? '–'}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Box>
  );
} // prettier-ignore
