import { ensureDashboard } from './dashboard.mjs';

process.exit(ensureDashboard() ? 0 : 1);
