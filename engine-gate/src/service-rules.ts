import { checkBuild } from './check-build.ts';
import { checkNewContainer, checkNewNetwork } from './check-new-container.ts';
import {
  knownContainer,
  memberOfNetwork,
  narrowToOurs,
  ownContainer,
  ownImage,
  ownNetwork,
  ownPooledName,
  pushOurs,
  tagOurs,
} from './ownership.ts';
import type { Rule } from './rules.ts';

const ASKING: Rule[] = [
  { method: 'GET', path: /^\/_ping$/ },
  { method: 'HEAD', path: /^\/_ping$/ },
  { method: 'GET', path: /^\/version$/ },
];

const LOOKING: Rule[] = [
  ...ASKING,
  { method: 'GET', path: /^\/events$/, check: narrowToOurs },
  { method: 'GET', path: /^\/containers\/json$/, check: narrowToOurs },
];

const IMAGE = '([A-Za-z0-9_.:@/-]+)';

/** All that each service may ask of the engine; its socket lies in the folder of its name. */
export const SERVICE_RULES: Record<string, readonly Rule[]> = {
  'function-proxy': [
    ...LOOKING,
    { method: 'GET', path: /^\/containers\/([^/]+)\/json$/, check: knownContainer },
    {
      method: 'POST',
      path: /^\/networks\/([^/]+)\/(?:connect|disconnect)$/,
      readsBody: true,
      check: memberOfNetwork,
    },
  ],
  'function-controller': [
    ...LOOKING,
    { method: 'GET', path: /^\/info$/ },
    { method: 'POST', path: /^\/containers\/create$/, readsBody: true, check: checkNewContainer },
    { method: 'GET', path: /^\/containers\/([^/]+)\/json$/, check: knownContainer },
    { method: 'GET', path: /^\/containers\/([^/]+)\/(?:logs|stats|top)$/, check: ownContainer },
    {
      method: 'POST',
      path: /^\/containers\/([^/]+)\/(?:start|stop|kill|pause|unpause|wait)$/,
      check: ownContainer,
    },
    { method: 'POST', path: /^\/containers\/([^/]+)\/rename$/, check: ownPooledName },
    { method: 'DELETE', path: /^\/containers\/([^/]+)$/, check: ownContainer },
    { method: 'GET', path: /^\/networks$/ },
    { method: 'POST', path: /^\/networks\/create$/, readsBody: true, check: checkNewNetwork },
    { method: 'GET', path: /^\/networks\/([^/]+)$/, check: ownNetwork },
    { method: 'DELETE', path: /^\/networks\/([^/]+)$/, check: ownNetwork },
    {
      method: 'POST',
      path: /^\/networks\/([^/]+)\/(?:connect|disconnect)$/,
      readsBody: true,
      check: memberOfNetwork,
    },
    { method: 'GET', path: new RegExp(`^/images/${IMAGE}/json$`) },
    { method: 'POST', path: /^\/images\/create$/ },
  ],
  builder: [
    ...ASKING,
    { method: 'GET', path: /^\/info$/ },
    { method: 'POST', path: /^\/build$/, check: checkBuild },
    // What garbage collection asks: which images instances still need.
    { method: 'GET', path: /^\/containers\/json$/, check: narrowToOurs },
    { method: 'GET', path: /^\/images\/json$/, check: narrowToOurs },
    { method: 'POST', path: /^\/images\/create$/ },
    { method: 'GET', path: new RegExp(`^/images/${IMAGE}/json$`) },
    // Whether a registry has an image that builds start from.
    { method: 'GET', path: new RegExp(`^/distribution/${IMAGE}/json$`) },
    { method: 'POST', path: new RegExp(`^/images/${IMAGE}/tag$`), check: tagOurs },
    { method: 'POST', path: new RegExp(`^/images/${IMAGE}/push$`), check: pushOurs },
    { method: 'DELETE', path: new RegExp(`^/images/${IMAGE}$`), check: ownImage },
  ],
  traefik: [...LOOKING, { method: 'GET', path: /^\/containers\/([^/]+)\/json$/, check: ownContainer }],
};
