import { ButtonLink } from '../components/button-link.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { usePageTitle } from '../components/page-header.tsx';
import { paths } from '../paths.ts';

export function NotFoundPage() {
  usePageTitle('Not found');
  return (
    <EmptyState
      title="There is no such page"
      action={
        <ButtonLink to={paths.functions} variant="outlined">
          All functions
        </ButtonLink>
      }
    >
      The address may have a typing error.
    </EmptyState>
  );
}
