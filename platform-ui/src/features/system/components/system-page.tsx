import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import type { SystemView } from '@plat/platform-kit/api/views.ts';
import { formatBytes } from '@plat/platform-kit/quantities.ts';
import { Facts } from '../../../components/facts.tsx';
import { PageHeader } from '../../../components/page-header.tsx';
import { Panel } from '../../../components/panel.tsx';
import { QueryView } from '../../../components/query-view.tsx';
import { StateMark } from '../../../components/state-mark.tsx';
import { formatCount } from '../../../format/numbers.ts';
import { useSystem } from '../api/use-system.ts';
import { CapacityPanel } from './capacity-panel.tsx';
import { DoctorPanel } from './doctor-panel.tsx';

/** The platform itself: what it runs on, which of its parts are away, and what its doctor finds. */
export function SystemPage() {
  const query = useSystem();
  return (
    <>
      <PageHeader title="System" />
      <Box
        sx={{
          display: 'grid',
          gap: 2,
          gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 2fr) minmax(0, 3fr)' },
          alignItems: 'start',
        }}
      >
        <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
          <QueryView query={query} skeleton={<Skeleton variant="rounded" height={520} />}>
            {(system) => (
              <>
                <EnginePanel system={system} />
                <ServicesPanel services={system.services} />
              </>
            )}
          </QueryView>
          <CapacityPanel />
        </Box>
        <DoctorPanel />
      </Box>
    </>
  );
}

function EnginePanel({ system }: { system: SystemView }) {
  const { engine, limits } = system;
  return (
    <Panel
      title="Platform"
      actions={<StateMark tone={engine.available ? 'good' : 'bad'} label={engine.available ? 'Engine available' : 'Engine away'} />}
    >
      <Facts
        facts={[
          ['Version', system.version],
          ['Engine', `${engine.engine} ${engine.version ?? ''}`.trim()],
          ...(engine.problem === null ? [] : [['Problem', engine.problem] as const]),
          ['Isolation', engine.isolation ?? 'a container each'],
          ['Instances', formatCount(engine.instances)],
          ['Address', system.publicUrl],
          ['Domain', system.domain],
          ['Largest body', formatBytes(limits.bodyBytes)],
          ['Largest source', formatBytes(limits.sourceBytes)],
          ['Calls a second', limits.requestsPerSecond === 0 ? 'no limit' : formatCount(limits.requestsPerSecond)],
        ]}
      />
    </Panel>
  );
} // prettier-ignore

function ServicesPanel({ services }: { services: SystemView['services'] }) {
  return (
    <Panel title="Services" isFlush>
      <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {services.map(({ name, ok, problem }) => (
          <Box
            component="li"
            key={name}
            sx={{
              display: 'flex',
              flexWrap: 'wrap',
              justifyContent: 'space-between',
              columnGap: 2,
              px: 2,
              py: 1,
              '& + &': { borderTop: 1, borderColor: 'divider' },
            }}
          >
            <code>{name}</code>
            <StateMark tone={ok ? 'good' : 'bad'} label={ok ? 'Well' : 'Away'} />
            {problem !== null && (
              <Box sx={{ flexBasis: '100%', color: 'text.secondary', overflowWrap: 'anywhere' }}>
                {problem}
              </Box>
            )}
          </Box>
        ))}
      </Box>
    </Panel>
  );
}
