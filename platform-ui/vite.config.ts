import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { listFiles } from './build/list-files.ts';
import { preloadFonts } from './build/preload-fonts.ts';
import { routeTable } from './build/route-table.ts';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), routeTable(), preloadFonts(), listFiles()],
  // The gateway puts a fresh one into every answer.
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    target: 'es2022',
    manifest: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 8000,
    reportCompressedSize: false,
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': 'http://127.0.0.1:8080', '/function': 'http://127.0.0.1:8080' } },
});
