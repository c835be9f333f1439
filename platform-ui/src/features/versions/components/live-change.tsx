import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { mdiArrowRight } from '@mdi/js';
import type { AliasWeight } from '@plat/platform-kit/domain.ts';
import { Icon } from '../../../components/icon.tsx';
import type { FunctionKey } from '../../../paths.ts';
import { mostOf, shareWords } from './shares.ts';
import { VersionChanges } from './version-changes.tsx';

/** What alias `live` names now and would name, and how the configurations of the two differ. */
export function LiveChange(props: {
  functionKey: FunctionKey;
  from: readonly AliasWeight[];
  to: readonly AliasWeight[];
}) {
  const [old, next] = [mostOf(props.from), mostOf(props.to)];
  return (
    <Box sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', columnGap: 1, rowGap: 0.5 }}>
        <code>live</code>
        <span>{old === null ? 'nothing' : shareWords(props.from)}</span>
        <Icon path={mdiArrowRight} sx={{ fontSize: 18, color: 'text.secondary' }} />
        <Box component="strong" sx={{ fontWeight: 620 }}>
          {shareWords(props.to)}
        </Box>
      </Box>
      {old !== null && next !== null && old !== next && (
        <Differences functionKey={props.functionKey} from={old} to={next} />
      )}
    </Box>
  );
}

function Differences(props: { functionKey: FunctionKey; from: number; to: number }) {
  return (
    <Box>
      <Typography variant="caption" component="p" color="textSecondary" sx={{ mb: 0.5 }}>
        Settings of version {props.from} and version {props.to}
      </Typography>
      <Box sx={{ border: 1, borderColor: 'divider', borderRadius: '8px', overflow: 'hidden' }}>
        <VersionChanges {...props} heightPx={40} />
      </Box>
    </Box>
  );
}
