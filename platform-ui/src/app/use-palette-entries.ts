import {
  mdiBookOpenVariant,
  mdiFileDocumentOutline,
  mdiHistory,
  mdiIdentifier,
  mdiLambda,
  mdiLogout,
  mdiPlay,
  mdiStop,
} from '@mdi/js';
import { useNavigate } from 'react-router';
import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import { useNotify } from '../components/notices.tsx';
import { useFunctions } from '../features/functions/api/use-functions.ts';
import { useSetFunctionState } from '../features/functions/api/use-set-function-state.ts';
import { useSession } from '../features/session/api/use-session.ts';
import { paths } from '../paths.ts';
import { NAVIGATION } from './navigation.ts';
import type { PaletteEntry } from './palette-entries.ts';

const REQUEST_ID = /^[a-z0-9_-]{12,64}$/i;

/** All that the palette leads to or does. What looks like the id of a request or a call leads to that call. */
export function usePaletteEntries(text: string): PaletteEntry[] {
  const navigate = useNavigate();
  const notify = useNotify();
  const { signOut } = useSession();
  const setState = useSetFunctionState();
  const { data: functions = [] } = useFunctions();
  const goTo = (path: string) => () => void navigate(path);
  const turn = ({ project, name, state }: FunctionView) => {
    const next = state === 'active' ? 'stopped' : 'active';
    const done = next === 'active' ? 'started' : 'stopped';
    notify.outcome(setState.mutateAsync({ project, name, state: next }), {
      done: () => `${name} is ${done}.`,
      failed: `${name} was not ${done}.`,
    });
  };
  const id = text.trim();
  return [
    ...(REQUEST_ID.test(id) ? [{ id: 'call', label: `Call ${id}`, kind: 'By request id', icon: mdiIdentifier, run: goTo(paths.execution(id)) }] : []),
    ...NAVIGATION.map(({ to, label, icon }) => ({ id: to, label, kind: 'Page', icon, run: goTo(to) })),
    ...functions.map((view) => entry(view, 'function', view.name, mdiLambda, goTo(paths.function(view)))),
    ...functions.flatMap((view) => [
      entry(view, 'executions', `${view.name}: executions`, mdiHistory, goTo(paths.functionExecutions(view))),
      entry(view, 'logs', `${view.name}: logs`, mdiFileDocumentOutline, goTo(paths.logs(view))),
      entry(view, 'turn', view.state === 'active' ? `Stop ${view.name}` : `Start ${view.name}`, view.state === 'active' ? mdiStop : mdiPlay, () => turn(view)),
    ]),
    { id: 'docs', label: 'API reference', kind: 'Page', icon: mdiBookOpenVariant, run: () => void window.open('/docs', '_blank', 'noreferrer') },
    { id: 'sign-out', label: 'Sign out', kind: 'Action', icon: mdiLogout, run: signOut },
  ];
} // prettier-ignore

function entry(view: FunctionView, what: string, label: string, icon: string, run: () => void): PaletteEntry {
  return { id: `${view.id} ${what}`, label, kind: view.project, icon, run };
}
