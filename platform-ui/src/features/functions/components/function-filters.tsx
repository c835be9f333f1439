import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import { ChoiceSelect } from '../../../components/choice-select.tsx';
import { FilterSelect } from '../../../components/filter-select.tsx';
import { RANGES } from '../../../components/metric-ranges.ts';
import { SearchField } from '../../../components/search-field.tsx';
import { formatCount } from '../../../format/numbers.ts';
import { CALL_FILTERS } from './filter-functions.ts';
import { STATUS_LABELS } from './function-status.tsx';

export function FunctionFilters(props: {
  functions: readonly FunctionView[];
  count: number;
  search: string;
  setSearch: (value: string) => void;
  status: string;
  setStatus: (value: string) => void;
  project: string;
  setProject: (value: string) => void;
  calls: string;
  setCalls: (value: string) => void;
  range: string;
  setRange: (value: string) => void;
}) {
  const projects = [...new Set(props.functions.map(({ project }) => project))].sort();
  return (
    <Box role="search" sx={{ display: 'flex', flexWrap: 'wrap', gap: 1.25, alignItems: 'center', mb: 2 }}>
      <SearchField label="Search functions" value={props.search} onChange={props.setSearch} />
      <FilterSelect
        label="Status"
        all="Any status"
        value={props.status}
        onChange={props.setStatus}
        options={Object.entries(STATUS_LABELS).map(([value, label]) => ({ value, label }))}
      />
      {projects.length > 1 && (
        <FilterSelect
          label="Project"
          all="All projects"
          value={props.project}
          onChange={props.setProject}
          options={projects.map((value) => ({ value, label: value }))}
        />
      )}
      <FilterSelect
        label="Calls"
        all="Called or not"
        value={props.calls}
        onChange={props.setCalls}
        options={CALL_FILTERS}
      />
      <ChoiceSelect label="Time" value={props.range} options={RANGES} onChange={props.setRange} />
      <Typography variant="body2" color="textSecondary" role="status" sx={{ ml: { sm: 'auto' } }}>
        {props.count === props.functions.length
          ? `${formatCount(props.count)} ${props.count === 1 ? 'function' : 'functions'}`
          : `${formatCount(props.count)} of ${formatCount(props.functions.length)} functions`}
      </Typography>
    </Box>
  );
}
