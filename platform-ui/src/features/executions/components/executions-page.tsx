import { PageHeader } from '../../../components/page-header.tsx';
import { ExecutionList } from './execution-list.tsx';

/** Calls of all functions. */
export function ExecutionsPage() {
  return (
    <>
      <PageHeader title="Executions" />
      <ExecutionList />
    </>
  );
}
