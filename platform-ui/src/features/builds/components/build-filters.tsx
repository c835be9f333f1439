import Box from '@mui/material/Box';
import Chip from '@mui/material/Chip';
import { FilterSelect } from '../../../components/filter-select.tsx';
import { SearchField } from '../../../components/search-field.tsx';
import type { BuildFilter, FilterName } from './build-filter.ts';

const STATES = [
  { value: 'active', label: 'Under way' },
  { value: 'ready', label: 'Ready' },
  { value: 'failed', label: 'Failed' },
  { value: 'cancelled', label: 'Cancelled' },
];
const RANGES = [
  { value: '1h', label: 'Last hour' },
  { value: '24h', label: 'Last 24 hours' },
  { value: '7d', label: 'Last 7 days' },
  { value: '30d', label: 'Last 30 days' },
];

export function BuildFilters(props: { filter: BuildFilter; set: (name: FilterName, value: string) => void }) {
  const { filter, set } = props;
  const given = (['project', 'function'] as const).filter((name) => filter[name] !== '');
  return (
    <Box role="search" sx={{ mb: 2, display: 'flex', flexWrap: 'wrap', gap: 1.25, alignItems: 'center' }}>
      <SearchField label="Function, who, or error" value={filter.q} onChange={(value) => set('q', value)} />
      <FilterSelect
        label="State"
        all="Any state"
        value={filter.state}
        options={STATES}
        onChange={(value) => set('state', value)}
      />
      <FilterSelect
        label="Time"
        all="Any time"
        value={filter.since}
        options={RANGES}
        onChange={(value) => set('since', value)}
      />
      {given.map((name) => (
        <Chip
          key={name}
          variant="outlined"
          label={`${name}: ${filter[name]}`}
          onDelete={() => set(name, '')}
        />
      ))}
    </Box>
  );
}
