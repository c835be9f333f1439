import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import type { InstanceInfo } from '@plat/platform-kit/domain.ts';
import { InstanceState } from '../../../components/instance-state.tsx';
import { Panel } from '../../../components/panel.tsx';
import { QueryView } from '../../../components/query-view.tsx';
import { TimeAgo } from '../../../components/time-ago.tsx';
import { useInstances } from '../../instances/api/use-instances.ts';

/** What runs of the function right now. */
export function InstancesPanel({ view }: { view: FunctionView }) {
  const query = useInstances(view);
  return (
    <Panel title="Instances" isFlush>
      <QueryView
        query={query}
        skeleton={<Skeleton sx={{ mx: 2, height: 45 }} />}
        isEmpty={(instances) => instances.length === 0}
        empty={
          <Typography color="textSecondary" sx={{ px: 2, py: 1.35 }}>
            {view.state === 'stopped'
              ? 'None: the function is stopped.'
              : 'None: it sleeps, and wakes with the next call.'}
          </Typography>
        }
      >
        {(instances) => (
          <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
            {instances.map((instance) => (
              <InstanceRow key={instance.id} instance={instance} />
            ))}
          </Box>
        )}
      </QueryView>
    </Panel>
  );
}

function InstanceRow({ instance }: { instance: InstanceInfo }) {
  return (
    <Box
      component="li"
      sx={{
        display: 'flex',
        flexWrap: 'wrap',
        columnGap: 2,
        rowGap: 0.25,
        alignItems: 'center',
        px: 2,
        py: 1.1,
        '& + &': { borderTop: 1, borderColor: 'divider' },
      }}
    >
      <code style={{ overflowWrap: 'anywhere' }}>{instance.name}</code>
      <InstanceState instance={instance} />
      <Typography variant="body2" color="textSecondary" sx={{ ml: 'auto' }}>
        v{instance.version}
        {instance.startedAt !== null && (
          <>
            {', started '}
            <TimeAgo at={instance.startedAt} />
          </>
        )}
      </Typography>
    </Box>
  );
}
