import type { ApiContext } from '../context.ts';
import { age } from '../output/age.ts';
import { printList } from '../output/print.ts';

/** Lists the containers that wait for a function, of all projects that the token sees. */
export async function pools(context: ApiContext): Promise<void> {
  const { items } = await context.api.listPools();
  await printList(context, {
    items,
    name: (pooled) => pooled.id,
    empty: 'No container waits for a function; cold starts of functions without dependencies fill the pools.',
    columns: [
      { title: 'CONTAINER', value: (pooled) => pooled.id.slice(0, 12) },
      { title: 'PROJECT', value: (pooled) => pooled.project },
      { title: 'RUNTIME', value: (pooled) => pooled.runtime },
      { title: 'MEMORY', value: (pooled) => `${pooled.memoryMb} MB` },
      { title: 'STATE', value: (pooled) => pooled.state },
      { title: 'AGE', value: (pooled) => age(pooled.createdAt, context.now()) },
      { title: 'NAME', value: (pooled) => pooled.name, isWide: true },
    ],
  });
}
