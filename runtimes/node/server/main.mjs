import { loadHandler } from './load-handler.mjs';
import { serve } from './serve.mjs';

await serve({ load: loadHandler });
