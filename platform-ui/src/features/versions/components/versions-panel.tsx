import { useState } from 'react';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Skeleton from '@mui/material/Skeleton';
import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import { Panel } from '../../../components/panel.tsx';
import { QueryView } from '../../../components/query-view.tsx';
import { useUrlState } from '../../../components/url-state.ts';
import { useVersions } from '../api/use-versions.ts';
import { ConfigDiff } from './config-diff.tsx';
import { RollbackButton } from './rollback-button.tsx';
import { VersionEntry } from './version-entry.tsx';

/** Every version, newest first; two of them can be compared. */
export function VersionsPanel({ view }: { view: FunctionView }) {
  const query = useVersions(view);
  const [compare, setCompare] = useUrlState('compare');
  const [isLoadingMore, setLoadingMore] = useState(false);
  const chosen = compare.split(',').map(Number).filter(Boolean);
  const toggle = (number: number) => {
    const rest = chosen.filter((other) => other !== number);
    setCompare((rest.length < chosen.length ? rest : [...chosen, number].slice(-2)).join(','));
  };
  const more = () => {
    setLoadingMore(true);
    void query.fetchNextPage().finally(() => setLoadingMore(false));
  };
  return (
    <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)', minWidth: 0 }}>
      {chosen.length === 2 && (
        <ConfigDiff
          functionKey={view}
          numbers={[Math.min(...chosen), Math.max(...chosen)]}
          onClose={() => setCompare('')}
        />
      )}
      <Panel title="Versions" isFlush actions={<RollbackButton view={view} />}>
        <QueryView query={query} skeleton={<Skeleton variant="rectangular" height={260} />}>
          {(versions) => (
            <>
              <Box component="ol" aria-label="Versions" sx={{ listStyle: 'none', m: 0, p: 0 }}>
                {versions.map((version) => (
                  <VersionEntry
                    key={version.number}
                    view={view}
                    version={version}
                    isCompared={chosen.includes(version.number)}
                    onCompare={() => toggle(version.number)}
                  />
                ))}
              </Box>
              {query.hasNextPage && (
                <Box sx={{ p: 1, borderTop: 1, borderColor: 'divider', textAlign: 'center' }}>
                  <Button color="inherit" loading={isLoadingMore} onClick={more}>
                    Show older versions
                  </Button>
                </Box>
              )}
            </>
          )}
        </QueryView>
      </Panel>
    </Box>
  );
}
