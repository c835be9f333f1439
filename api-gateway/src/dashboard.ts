import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Request, RequestHandler, Response } from 'express';
import { API_PREFIX } from '@plat/platform-kit/api/api-version.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { z } from 'zod';
import { isOwnHost } from './host-route.ts';

/** What the page may load: its own files, from this host and no other. Styles made by its code carry the answer's nonce. */
const policy = (nonce: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    // The editor sets positions by attribute; an attribute can load nothing, by the lines around this one.
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** Holds in workers, which take the policy of their own script. */
const FILE_POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'";

/** The build leaves this where the nonce belongs. */
const NONCE_PLACE = '__CSP_NONCE__';

const FileList = z.object({ files: z.record(z.string(), z.object({ gzipBytes: z.int().nullable() })) });

type Files = z.output<typeof FileList>['files'];

/**
 * The dashboard: `/` and the addresses of its pages, for browsers, and the files its build has listed. It is mounted behind
 * everything else and takes nothing that belongs to the API. It is at the gateway's own hosts only: at a name that was a
 * function's, that function's code may still be at work in browsers, and a token must not be typed there. `folder` is
 * undefined where there is none.
 */
export function dashboard(folder: string | undefined, own: ReadonlySet<string>): RequestHandler {
  let built: Built | undefined;
  return (req, res, next) => {
    if (req.method !== 'GET' && req.method !== 'HEAD') return next();
    if (!isOwnHost(req.headers.host, own)) {
      if (!isPage(req)) return next();
      throw new PlatformError(
        'not_found',
        `Nothing is at the host "${req.headers.host}". If it is this platform's own, say so with PUBLIC_URL.`,
      );
    }
    if (folder !== undefined) built = readBuilt(folder, built);
    const name = req.path.slice(1);
    if (built && Object.hasOwn(built.files, name)) return sendFile(req, res, built, name);
    if (!isPage(req)) return next();
    if (!built) {
      throw new PlatformError(
        'not_found',
        'There is no dashboard here: UI_DIR names no folder with a built one.',
      );
    }
    sendPage(res, built.page);
  };
}

/** What is wrong below these is told as the API tells it, to browsers too. */
const NOT_PAGES = [API_PREFIX, '/function'];

type Built = { folder: string; files: Files; page: string; builtAt: number };

/** What was read before, unless it was built anew since. Undefined when the folder holds no built dashboard: the platform works without one. */
function readBuilt(folder: string, before: Built | undefined): Built | undefined {
  const list = path.join(folder, 'files.json');
  const builtAt = statSync(list, { throwIfNoEntry: false })?.mtimeMs;
  if (builtAt === undefined) return undefined;
  if (before?.builtAt === builtAt) return before;
  return {
    folder: path.resolve(folder),
    files: FileList.parse(JSON.parse(readFileSync(list, 'utf8'))).files,
    page: readFileSync(path.join(folder, 'index.html'), 'utf8'),
    builtAt,
  };
}

/** Somebody opened an address with a browser, which is neither a file nor the API's. */
function isPage(req: Request): boolean {
  if (req.path === '/') return true;
  if (NOT_PAGES.some((prefix) => req.path === prefix || req.path.startsWith(`${prefix}/`))) return false;
  return !path.posix.basename(req.path).includes('.') && (req.headers.accept ?? '').includes('text/html');
}

function sendPage(res: Response, page: string): void {
  const nonce = randomBytes(16).toString('base64');
  res.setHeader('content-security-policy', policy(nonce));
  res.setHeader('cache-control', 'no-store');
  res.type('html').send(page.replaceAll(NONCE_PLACE, nonce));
}

/** Names carry a hash of what is in them, so a file never changes. */
function sendFile(req: Request, res: Response, { folder, files }: Built, name: string): void {
  const isZipped = files[name]!.gzipBytes !== null && req.acceptsEncodings('gzip') === 'gzip';
  res.setHeader('content-security-policy', FILE_POLICY);
  res.setHeader('cache-control', 'public, max-age=31536000, immutable');
  res.setHeader('vary', 'accept-encoding');
  res.type(path.extname(name));
  if (isZipped) res.setHeader('content-encoding', 'gzip');
  const file = path.join(folder, isZipped ? `${name}.gz` : name);
  res.sendFile(file, { dotfiles: 'allow', cacheControl: false });
}
