import { RouterProvider } from 'react-router/dom';
import { Providers } from './providers.tsx';
import type { AppParts } from './create-app.ts';

export function App({ router, ...parts }: AppParts) {
  return (
    <Providers {...parts}>
      <RouterProvider router={router} />
    </Providers>
  );
}
