import type { z } from 'zod';

/** For settings with REGISTRY_USERNAME and REGISTRY_PASSWORD: either both or none. */
export function checkRegistryCredentials(
  settings: { REGISTRY_USERNAME?: string | undefined; REGISTRY_PASSWORD?: string | undefined },
  context: z.core.$RefinementCtx,
): void {
  const { REGISTRY_USERNAME: username, REGISTRY_PASSWORD: password } = settings;
  if ((username === undefined) === (password === undefined)) return;
  const [missing, given] =
    username === undefined
      ? ['REGISTRY_USERNAME', 'REGISTRY_PASSWORD']
      : ['REGISTRY_PASSWORD', 'REGISTRY_USERNAME'];
  context.addIssue({
    code: 'custom',
    path: [missing],
    message: `expected a value, because ${given} has one`,
  });
}
