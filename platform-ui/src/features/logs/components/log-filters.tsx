import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Chip from '@mui/material/Chip';
import { mdiPause, mdiPlay } from '@mdi/js';
import { FilterSelect } from '../../../components/filter-select.tsx';
import { Icon } from '../../../components/icon.tsx';
import { SearchField } from '../../../components/search-field.tsx';
import { useShortcut } from '../../../components/shortcuts.tsx';

const STREAMS = [
  { value: 'stdout', label: 'Standard output' },
  { value: 'stderr', label: 'Standard error' },
];

type Field = { value: string; set: (value: string) => void };

export function LogFilters(props: {
  search: Field;
  stream: Field;
  version: Field;
  request: Field;
  versions: readonly number[];
  isHeld: boolean;
  onHold: (isHeld: boolean) => void;
}) {
  const { search, stream, version, request, isHeld, onHold } = props;
  useShortcut('p', isHeld ? 'Go on with the log' : 'Hold the log', () => onHold(!isHeld));
  return (
    <Box sx={{ display: 'grid', gap: 1.25, mb: 2 }}>
      <Box role="search" sx={{ display: 'flex', flexWrap: 'wrap', gap: 1.25, alignItems: 'center' }}>
        <SearchField label="Search in the lines" value={search.value} onChange={search.set} />
        <FilterSelect
          label="Stream"
          all="Both streams"
          value={stream.value}
          options={STREAMS}
          onChange={stream.set}
        />
        <FilterSelect
          label="Version"
          all="Any version"
          value={version.value}
          options={props.versions.map((number) => ({ value: String(number), label: `Version ${number}` }))}
          onChange={version.set}
        />
        <Button
          variant="outlined"
          color="inherit"
          startIcon={<Icon path={isHeld ? mdiPlay : mdiPause} />}
          onClick={() => onHold(!isHeld)}
          sx={{ ml: { sm: 'auto' }, minHeight: 38 }}
        >
          {isHeld ? 'Go on' : 'Hold'}
        </Button>
      </Box>
      {request.value !== '' && (
        <Box>
          <Chip
            variant="outlined"
            label={`request: ${request.value}`}
            onDelete={() => request.set('')}
            sx={{ maxWidth: '100%' }}
          />
        </Box>
      )}
    </Box>
  );
}
