import Box from '@mui/material/Box';
import Chip from '@mui/material/Chip';
import type { ReactNode } from 'react';
import { FilterSelect } from '../../../components/filter-select.tsx';
import { SearchField } from '../../../components/search-field.tsx';
import type { ExecutionFilter, FilterName } from './execution-filter.ts';
import { OUTCOME_OPTIONS } from '../../../components/outcome-mark.tsx';
import { START_OPTIONS } from './start-words.ts';

const STATUSES = ['2xx', '3xx', '4xx', '5xx'].map((value) => ({ value, label: value }));
const RANGES = [
  { value: '15m', label: 'Last 15 minutes' },
  { value: '1h', label: 'Last hour' },
  { value: '24h', label: 'Last 24 hours' },
  { value: '7d', label: 'Last 7 days' },
];

/** `versions`: what can be chosen, where the list is of one function. `children` stand at the end of the row. */
export function ExecutionFilters(props: {
  filter: ExecutionFilter;
  set: (name: FilterName, value: string) => void;
  versions?: readonly number[] | undefined;
  children?: ReactNode;
}) {
  const { filter, set, versions } = props;
  const others = versions ? (['project', 'function', 'instance'] as const) : (['project', 'function', 'version', 'instance'] as const);
  const given = others.filter((name) => filter[name] !== '');
  return (
    <Box sx={{ mb: 2, display: 'grid', gap: 1.25 }}>
      <Box
        role="search"
        sx={{
          display: 'flex',
          flexWrap: 'wrap',
          gap: 1.25,
          alignItems: 'center',
          '& > .MuiTextField-root:first-of-type': { width: { sm: 230, xl: 300 } },
        }}
      >
        <SearchField label="Path, error or request id" value={filter.q} onChange={(value) => set('q', value)} />
        <FilterSelect label="Status" all="Any status" value={filter.status} options={STATUSES} onChange={(value) => set('status', value)} />
        <FilterSelect label="Who failed" all="Who failed: all" value={filter.who} options={OUTCOME_OPTIONS} onChange={(value) => set('who', value)} />
        <FilterSelect label="Start" all="Warm and cold" value={filter.start} options={START_OPTIONS} onChange={(value) => set('start', value)} />
        {versions && (
          <FilterSelect
            label="Version"
            all="Any version"
            value={filter.version}
            options={versions.map((number) => ({ value: String(number), label: `Version ${number}` }))}
            onChange={(value) => set('version', value)}
          />
        )}
        <FilterSelect label="Time" all="Any time" value={filter.since} options={RANGES} onChange={(value) => set('since', value)} />
        {props.children}
      </Box>
      {given.length > 0 && (
        <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
          {given.map((name) => (
            <Chip key={name} variant="outlined" label={`${name}: ${filter[name]}`} onDelete={() => set(name, '')} />
          ))}
        </Box>
      )}
    </Box>
  );
} // prettier-ignore
