import Skeleton from '@mui/material/Skeleton';
import { PageHeader } from '../../../components/page-header.tsx';
import { QueryView } from '../../../components/query-view.tsx';
import { useProjects } from '../api/use-projects.ts';
import { useRuntimes } from '../../runtimes/api/use-runtimes.ts';
import { NewFunctionForm } from './new-function-form.tsx';

export function NewFunctionPage() {
  const runtimes = useRuntimes();
  const projects = useProjects();
  const skeleton = <Skeleton variant="rounded" height={620} />;
  return (
    <>
      <PageHeader title="New function" />
      <QueryView query={runtimes} skeleton={skeleton}>
        {(manifests) => (
          <QueryView query={projects} skeleton={skeleton}>
            {(names) => <NewFunctionForm runtimes={manifests} projects={names.map(({ name }) => name)} />}
          </QueryView>
        )}
      </QueryView>
    </>
  );
}
