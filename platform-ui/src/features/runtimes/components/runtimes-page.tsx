import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import { formatDuration } from '@plat/platform-kit/quantities.ts';
import type { RuntimeManifest } from '@plat/platform-kit/runtime-manifest.ts';
import { CommandLine } from '../../../components/command-line.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Facts } from '../../../components/facts.tsx';
import { PageHeader } from '../../../components/page-header.tsx';
import { Panel } from '../../../components/panel.tsx';
import { QueryView } from '../../../components/query-view.tsx';
import { formatMemory } from '../../../format/numbers.ts';
import { useRuntimes } from '../api/use-runtimes.ts';

const CONTRACT: Record<RuntimeManifest['contract'], string> = {
  handler: 'handler: event in, result out',
  http: 'web server on $PORT',
  script: 'script: arguments in, output out',
};

/** What functions can be written in, and how to begin. */
export function RuntimesPage() {
  const query = useRuntimes();
  return (
    <>
      <PageHeader title="Runtimes" />
      <QueryView
        query={query}
        skeleton={<Skeleton variant="rounded" height={480} />}
        isEmpty={(runtimes) => runtimes.length === 0}
        empty={<EmptyState title="No runtime">The builder found none in its folder of runtimes.</EmptyState>}
      >
        {(runtimes) => (
          <Box
            sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 400px), 1fr))' }}
          >
            {runtimes.map((runtime) => (
              <Runtime key={runtime.id} runtime={runtime} />
            ))}
          </Box>
        )}
      </QueryView>
    </>
  );
} // prettier-ignore

function Runtime({ runtime }: { runtime: RuntimeManifest }) {
  const { id, title, contract, defaults, dependencyFiles, baseImages } = runtime;
  return (
    <Panel title={title} actions={<code>{id}</code>}>
      <Facts
        facts={[
          ['Contract', CONTRACT[contract]],
          ['Handler', defaults.handler ?? 'none'],
          [
            'At first',
            `${formatMemory(defaults.memoryMb)}, ${formatDuration(defaults.timeoutSeconds * 1000)}, ${defaults.concurrency} at once`,
          ],
          ['Dependencies', dependencyFiles.join(', ') || 'none'],
          ['Base images', baseImages.join(', ') || 'those of its Dockerfile'],
          ['Without a container', runtime.process ? 'runs too' : 'does not run'],
        ]}
      />
      <Box sx={{ mt: 1.5 }}>
        <CommandLine text={`npx plat init hello --runtime ${id}`} />
      </Box>
    </Panel>
  );
}
