import type { RequestHandler } from 'express';
import { API_PREFIX, API_VERSION } from '@plat/platform-kit/api/api-version.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';

const VERSIONED = new RegExp(`^${API_PREFIX}/v(\\d+)(?=[/?]|$)`);

/** Takes the number of the version off the path; what is left means version 1, for good. `not_found` for other numbers. */
export const takeApiVersion: RequestHandler = (req, _res, next) => {
  const [prefix, version] = VERSIONED.exec(req.url) ?? [];
  if (prefix !== undefined) {
    if (version !== String(API_VERSION)) {
      throw new PlatformError(
        'not_found',
        `There is no version ${version} of the API here; there is version ${API_VERSION}.`,
        { details: { versions: [API_VERSION] } },
      );
    }
    req.url = API_PREFIX + req.url.slice(prefix.length);
  }
  next();
};
