import { useState } from 'react';
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { functionView } from '../testing/function-view.ts';
import { renderApp } from '../testing/render-app.tsx';
import { PaletteOpener } from './palette-opener.tsx';

function Page() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <p>The page</p>
      <PaletteOpener {...{ isOpen, setOpen }} />
    </>
  );
}
const page = [{ path: '*', element: <Page /> }];
const open = async (change = {}) => {
  const app = renderApp({
    routes: {
      'GET /api/functions': () => ({ body: { items: [functionView(change)], next: null } }),
      'PATCH /api/projects/default/functions/hello': () => ({ body: functionView() }),
    },
    page,
  });
  await userEvent.keyboard('{Control>}k{/Control}');
  await screen.findByRole('combobox', { name: 'Go to' }, { timeout: 5000 });
  return app;
};

test('mod+k leads to a function by a part of its name, with the keyboard alone', async () => {
  const { router } = await open();
  await waitFor(() => expect(screen.getByText('hello: logs')).toBeTruthy());
  await userEvent.keyboard('hello{ArrowDown}{ArrowDown}{Enter}');
  expect(router.state.location.pathname).toBe('/functions/default/hello/logs');
  expect(screen.queryByRole('combobox')).toBeNull();
});

test('a request id leads to its call, and an action is done', async () => {
  const { router, asked } = await open();
  await userEvent.keyboard('1m7z65a4m1aaprvq5q67{Enter}');
  expect(router.state.location.pathname).toBe('/executions/1m7z65a4m1aaprvq5q67');
  await userEvent.keyboard('{Control>}k{/Control}');
  await screen.findByText('Stop hello');
  await userEvent.keyboard('stop hello{Enter}');
  await waitFor(() => expect(asked.some((line) => line.startsWith('PATCH'))).toBe(true));
});
