import { render, screen } from '@testing-library/react';
import { Suspense, lazy } from 'react';
import { expect, test } from 'vitest';
import { PartBoundary } from './part-boundary.tsx';

test('a part whose code cannot be fetched says so in its place, and what is around it stays', async () => {
  const Missing = lazy(() => Promise.reject(new TypeError('Failed to fetch dynamically imported module')));
  render(
    <main>
      <p>The rest of the page</p>
      <PartBoundary>
        <Suspense fallback="waiting">
          <Missing />
        </Suspense>
      </PartBoundary>
    </main>,
  );
  expect(await screen.findByRole('button', { name: 'Try again' })).toBeTruthy();
  expect(screen.getByText('The rest of the page')).toBeTruthy();
});
