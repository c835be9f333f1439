import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import { Outlet, useNavigate } from 'react-router';
import { FunctionContext } from '../../../components/function-context.ts';
import { Link } from '../../../components/link.tsx';
import { LinkTabs } from '../../../components/link-tabs.tsx';
import { PageHeader } from '../../../components/page-header.tsx';
import { QueryView } from '../../../components/query-view.tsx';
import { SourceDraftKeeper } from '../../../components/source-draft-keeper.tsx';
import { paths } from '../../../paths.ts';
import { useFunction } from '../api/use-function.ts';
import { FunctionActions } from './function-actions.tsx';
import { FunctionStatus } from './function-status.tsx';
import { useFunctionKey } from './use-function-key.ts';

/** What is above every page of one function; the page itself is below. */
export function FunctionPage() {
  const key = useFunctionKey();
  const query = useFunction(key);
  const navigate = useNavigate();
  const tabs = [
    { to: paths.function(key), label: 'Overview', end: true },
    { to: paths.code(key), label: 'Code' },
    { to: paths.test(key), label: 'Test' },
    { to: paths.versions(key), label: 'Versions' },
    { to: paths.functionExecutions(key), label: 'Executions' },
    { to: paths.logs(key), label: 'Logs' },
    { to: paths.configuration(key), label: 'Configuration' },
  ];
  return (
    <>
      <PageHeader
        title={key.name}
        above={
          <Box
            component="nav"
            aria-label="Where this is"
            sx={{ fontSize: 13, color: 'text.secondary', mb: 0.5 }}
          >
            <Link to={paths.functions} color="inherit">
              Functions
            </Link>
            {' / '}
            <Link to={`${paths.functions}?project=${encodeURIComponent(key.project)}`} color="inherit">
              {key.project}
            </Link>
          </Box>
        }
        beside={query.data && <FunctionStatus status={query.data.status} />}
        actions={
          query.data && (
            <FunctionActions view={query.data} asButtons onDelete={() => navigate(paths.functions)} />
          )
        }
      />
      <LinkTabs label={`Pages of ${key.name}`} tabs={tabs} />
      <Box sx={{ pt: 3 }}>
        <QueryView query={query} skeleton={<Skeleton variant="rounded" height={420} />}>
          {(view) => (
            <FunctionContext value={view}>
              <SourceDraftKeeper key={view.id} within={paths.function(view)}>
                <Outlet />
              </SourceDraftKeeper>
            </FunctionContext>
          )}
        </QueryView>
      </Box>
    </>
  );
}
