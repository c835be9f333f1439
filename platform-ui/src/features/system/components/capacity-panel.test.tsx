import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderApp } from '../../../testing/render-app.tsx';
import { CapacityPanel } from './capacity-panel.tsx';

const page = [{ path: '*', element: <CapacityPanel /> }];
const capacity = { cpus: 2, memoryBytes: 2 ** 30, instances: 3, cpuPercent: 1, usedMemoryBytes: 2 ** 20 };
const budget = { memoryMb: { limit: 1024, used: 384 }, cpus: { limit: 40, used: 3 }, pids: { limit: 4096, used: 768 }, waiting: 2, evictions: 5, pooled: { containers: 2, memoryMb: 256, cpus: 2, pids: 512 } }; // prettier-ignore
const show = (body: object) =>
  renderApp({ routes: { 'GET /api/dashboard': () => ({ body: { recording: null, ...body } }) }, page });

test('shows what instances are allotted of the host, and how many starts wait', async () => {
  show({ capacity: { ...capacity, budget } });
  expect(await screen.findByText('384 MiB of 1 GiB')).toBeTruthy();
  for (const text of ['3 of 40 cores', '768 of 4,096', '256 MiB for 2 containers', '2', '5'])
    expect(screen.getAllByText(text)).toBeTruthy();
});

test('says that it is unknown while the engine does not answer', async () => {
  show({ capacity: { ...capacity, budget: null } });
  expect(await screen.findByText('Allotted')).toBeTruthy();
});
