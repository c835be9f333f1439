// `npm start` for a test, which ends with the test.
import { endWithParent } from './end-with-parent.mjs';

endWithParent();
await import('../../scripts/start.mjs');
