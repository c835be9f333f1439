import type { FunctionView } from '@plat/platform-kit/api/views.ts';

export type GuideStep = { title: string; text: string; command: string; isDone: boolean };

/** What somebody new does first, with what to type for it. All done: they are not new any more. */
export function planGuide(there: {
  functions: readonly Pick<FunctionView, 'project' | 'name' | 'latest' | 'status'>[];
  hasCalls: boolean;
}): GuideStep[] {
  const one = there.functions.find(({ status }) => status === 'active') ?? there.functions[0];
  const name = one?.name ?? 'hello';
  const project = one === undefined || one.project === 'default' ? '' : ` -p ${one.project}`;
  return [
    {
      title: 'Deploy a function',
      text: 'The platform builds it, and it answers calls as soon as it is ready.',
      command: 'npx plat init hello --runtime node\ncd hello && npx plat deploy',
      isDone: there.functions.length > 0,
    },
    {
      title: 'Call it',
      text: 'It sleeps when nobody calls it, and wakes with the next call.',
      command: `npx plat invoke ${name}${project} -d '{"name":"Ada"}'`,
      isDone: there.hasCalls,
    },
    {
      title: 'Change it, and deploy again',
      text: 'Calls go to the new version once it is ready. A version that fails never gets one.',
      command: `npx plat deploy\nnpx plat logs ${name}${project} -f`,
      isDone: there.functions.some(({ latest }) => latest > 1),
    },
  ];
}
