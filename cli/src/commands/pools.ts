import { formatBytes } from '@plat/platform-kit/quantities.ts';
import { note, type ApiContext } from '../context.ts';
import { age } from '../output/age.ts';
import { printList } from '../output/print.ts';

const MIB = 1024 * 1024;

/** Lists the containers that wait for a function, of all projects that the token sees, and says what of the host they hold. */
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
  if (items.length > 0 && ['table', 'wide'].includes(context.format)) await sayWhatTheyHold(context);
}

/** Not to tokens of one project: what others hold is not theirs to know. */
async function sayWhatTheyHold(context: ApiContext): Promise<void> {
  const { capacity } = await context.api.dashboard({ range: '1m' });
  if (!capacity?.budget) return;
  const { pooled, memoryMb } = capacity.budget;
  const [held, limit] = [pooled.memoryMb, memoryMb.limit].map((mb) => formatBytes(mb * MIB));
  await note(context, `All pools hold ${held} of the ${limit} that instances may take, and give it up when one wants it.`);
} // prettier-ignore
