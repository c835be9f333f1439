import { z } from 'zod';

/** Headers that never reach a function, mean the connection, or hold a secret: none of them tells callers apart. */
const NOT_FOR_STICKINESS =
  /^(?:authorization|cookie|connection|host|content-.*|transfer-encoding|x-request-id|x-plat-.*)$/;

const HeaderName = z
  .string({ error: 'expected the name of a header' })
  .max(64)
  .regex(/^[A-Za-z0-9][A-Za-z0-9-]*$/, 'expected the name of a header: letters, digits and dashes')
  .transform((name) => name.toLowerCase())
  .refine((name) => !NOT_FOR_STICKINESS.test(name), 'this header cannot tell callers apart')
  .meta({
    openapi: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9-]*$', maxLength: 64 },
    examples: ['x-user'],
  });

const CookieName = z
  .string({ error: 'expected the name of a cookie' })
  .max(64)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_-]*$/,
    'expected the name of a cookie: letters, digits, dashes and underscores',
  )
  .meta({ examples: ['plat-route'] });

/**
 * What keeps a caller with one version while an alias splits its calls: callers are told apart by the value of a header,
 * or by a cookie, which callers without one are given. Header names in lower case.
 */
export const Sticky = z
  .strictObject({ header: HeaderName.optional(), cookie: CookieName.optional() })
  .refine(
    ({ header, cookie }) => (header === undefined) !== (cookie === undefined),
    'expected either "header" or "cookie"',
  )
  .meta({ description: 'Either `header` or `cookie`: what callers are told apart by.' }); // prettier-ignore
export type Sticky = z.output<typeof Sticky>;
