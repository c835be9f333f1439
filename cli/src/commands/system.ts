import type { ApiContext } from '../context.ts';
import { printObject } from '../output/print.ts';

const REACHED = { direct: 'by their addresses', relay: 'through a relay container', unknown: 'not known' };

/** Shows how the platform is: its version, its engine, its services. */
export async function system(context: ApiContext): Promise<void> {
  const view = await context.api.system();
  const { engine, reach } = view;
  await printObject(context, {
    value: view,
    name: view.version,
    rows: [
      ['Version', view.version],
      ['Address', view.publicUrl],
      ['Domain', view.domain],
      ['Engine', `${engine.engine}${engine.version ? ` ${engine.version}` : ''}`],
      ['Engine problem', engine.problem ?? undefined],
      ['Isolation', engine.isolation],
      [
        'Moving to',
        engine.move && `${engine.move.to}; not there yet: ${engine.move.left.join(', ') || 'nothing'}`,
      ],
      ['Instances', engine.instances],
      ['Reached', `${REACHED[reach.way]} (${reach.reason})`],
      ['Reach problem', reach.problem ?? undefined],
      ...view.services.map(({ name, ok, problem }): [string, string] => [
        `Service ${name}`,
        ok ? 'ok' : (problem ?? 'not ok'),
      ]),
      ...Object.entries(view.limits).map(([name, value]): [string, string] => [
        `Limit ${name}`,
        JSON.stringify(value),
      ]),
    ],
  });
}
