import { useState } from 'react';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import type { AliasRecord } from '@plat/platform-kit/domain.ts';
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx';
import { useNotify } from '../../../components/notices.tsx';
import { Panel } from '../../../components/panel.tsx';
import { TimeAgo } from '../../../components/time-ago.tsx';
import { useDeleteAlias } from '../api/use-delete-alias.ts';
import { AliasDialog } from './alias-dialog.tsx';
import { shareWords } from './shares.ts';

/** Names that point at versions, and how calls are split over them. */
export function AliasesPanel({ view }: { view: FunctionView }) {
  const [edited, setEdited] = useState<AliasRecord | 'new' | null>(null);
  return (
    <Panel
      title="Aliases"
      isFlush
      actions={
        <Button color="inherit" onClick={() => setEdited('new')} disabled={view.live === null}>
          New alias
        </Button>
      }
    >
      {view.aliases.length === 0 ? (
        <Typography color="textSecondary" sx={{ p: 2 }}>
          <code>live</code> comes with the first version that is ready.
        </Typography>
      ) : (
        <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
          {view.aliases.map((alias) => (
            <AliasEntry key={alias.name} view={view} alias={alias} onEdit={() => setEdited(alias)} />
          ))}
        </Box>
      )}
      {edited !== null && (
        <AliasDialog view={view} alias={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />
      )}
    </Panel>
  );
}

function AliasEntry(props: { view: FunctionView; alias: AliasRecord; onEdit: () => void }) {
  const { view, alias } = props;
  const remove = useDeleteAlias(view);
  const notify = useNotify();
  const [isAsking, setAsking] = useState(false);
  return (
    <Box component="li" sx={{ px: 2, py: 1.25, '& + &': { borderTop: 1, borderColor: 'divider' } }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1 }}>
        <Typography sx={{ fontWeight: 590, overflowWrap: 'anywhere' }}>{alias.name}</Typography>
        <Typography variant="body2" color="textSecondary" sx={{ ml: 'auto' }}>
          <TimeAgo at={alias.updatedAt} />
        </Typography>
        <Button color="inherit" onClick={props.onEdit} aria-label={`Change alias ${alias.name}`}>
          Change
        </Button>
        {alias.name !== 'live' && (
          <Button color="inherit" onClick={() => setAsking(true)} aria-label={`Delete alias ${alias.name}`}>
            Delete
          </Button>
        )}
      </Box>
      <Shares alias={alias} />
      {isAsking && (
        <ConfirmDialog
          title={`Delete alias ${alias.name}?`}
          action="Delete the alias"
          onClose={() => setAsking(false)}
          onConfirm={() =>
            notify.outcome(remove.mutateAsync(alias.name), {
              done: () => `Alias ${alias.name} is deleted.`,
              failed: `Alias ${alias.name} was not deleted.`,
            })
          }
        >
          Calls to <code>{`${view.name}:${alias.name}`}</code> get “not found” from then on. Its versions
          stay.
        </ConfirmDialog>
      )}
    </Box>
  );
}

/** How the calls are split, as a bar and in words. */
function Shares({ alias }: { alias: AliasRecord }) {
  const weights = alias.weights.filter(({ weight }) => weight > 0);
  return (
    <>
      <Box
        aria-hidden
        sx={{ display: 'flex', gap: '2px', height: 6, mt: 0.75, borderRadius: 3, overflow: 'hidden' }}
      >
        {weights.map(({ version, weight }, index) => (
          <Box
            key={version}
            sx={{ flexGrow: weight, bgcolor: 'primary.main', opacity: 1 - (index * 0.7) / weights.length }}
          />
        ))}
      </Box>
      <Typography variant="body2" color="textSecondary" sx={{ mt: 0.5 }}>
        {shareWords(weights)}
      </Typography>
    </>
  );
}
