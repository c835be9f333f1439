import { useShownFunction } from '../../../components/function-context.ts';
import { latestVersions } from '../../../components/latest-versions.ts';
import { ExecutionList } from './execution-list.tsx';

/** Calls of the function that the page is about. */
export function ExecutionsTab() {
  const { project, name, latest } = useShownFunction();
  return <ExecutionList of={{ project, name, versions: latestVersions(latest) }} />;
}
