// Where the thread of metadata-thread.ts begins: a thread has no TypeScript until it registers it.
import { register } from 'tsx/esm/api';

register();
const { serveMetadata } = await import('./serve-metadata.ts');
await serveMetadata();
