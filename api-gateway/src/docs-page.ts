import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RequestHandler } from 'express';
import { PlatformError } from '@plat/platform-kit/errors.ts';

const PAGE = fileURLToPath(new URL('../docs-page/', import.meta.url));

/** What the page may load: its own files and the document, from this host and no other. No inline script. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const sendDocsPage: RequestHandler = (_req, res) => {
  res.setHeader('content-security-policy', POLICY);
  res.setHeader('cache-control', 'no-cache');
  res.sendFile(path.join(PAGE, 'index.html'), { dotfiles: 'allow', cacheControl: false });
};

/** The files of the page, mounted at `/docs`: the viewer comes with the gateway's dependencies. */
export function docsAssets(): RequestHandler {
  const viewer = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const files: Record<string, string> = {
    '/initializer.js': path.join(PAGE, 'initializer.js'),
    '/swagger-ui-bundle.js': path.join(viewer, 'swagger-ui-bundle.js'),
    '/swagger-ui.css': path.join(viewer, 'swagger-ui.css'),
    '/favicon-32x32.png': path.join(viewer, 'favicon-32x32.png'),
  };
  return (req, res, next) => {
    const file = Object.hasOwn(files, req.path) ? files[req.path] : undefined;
    if (req.method !== 'GET' && req.method !== 'HEAD') return next();
    if (file === undefined) throw new PlatformError('not_found', `There is no ${req.originalUrl}.`);
    res.setHeader('cache-control', 'no-cache');
    res.sendFile(file, { dotfiles: 'allow', cacheControl: false });
  };
}
