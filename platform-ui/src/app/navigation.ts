import {
  mdiCogOutline,
  mdiCubeOutline,
  mdiHammer,
  mdiHistory,
  mdiLambda,
  mdiServerOutline,
  mdiViewDashboardOutline,
} from '@mdi/js';
import { paths } from '../paths.ts';

export type NavigationItem = { to: string; label: string; icon: string };

/** What the sidebar leads to, in its order. */
export const NAVIGATION: readonly NavigationItem[] = [
  { to: paths.overview, label: 'Overview', icon: mdiViewDashboardOutline },
  { to: paths.functions, label: 'Functions', icon: mdiLambda },
  { to: paths.executions, label: 'Executions', icon: mdiHistory },
  { to: paths.builds, label: 'Builds', icon: mdiHammer },
  { to: paths.instances, label: 'Instances', icon: mdiServerOutline },
  { to: paths.runtimes, label: 'Runtimes', icon: mdiCubeOutline },
  { to: paths.system, label: 'System', icon: mdiCogOutline },
];
