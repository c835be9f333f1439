import type { ApiContext } from '../context.ts';
import { printList } from '../output/print.ts';

export async function runtimes(context: ApiContext): Promise<void> {
  const { items } = await context.api.runtimes();
  await printList(context, {
    items,
    name: (runtime) => runtime.id,
    empty: 'The platform has no runtimes.',
    columns: [
      { title: 'RUNTIME', value: (runtime) => runtime.id },
      { title: 'TITLE', value: (runtime) => runtime.title },
      { title: 'CONTRACT', value: (runtime) => runtime.contract },
      { title: 'HANDLER', value: (runtime) => runtime.defaults.handler ?? null },
      { title: 'MEMORY', value: (runtime) => `${runtime.defaults.memoryMb} MB` },
      { title: 'CONCURRENCY', value: (runtime) => runtime.defaults.concurrency, isWide: true },
      { title: 'TIMEOUT', value: (runtime) => `${runtime.defaults.timeoutSeconds}s`, isWide: true },
    ],
  });
}
