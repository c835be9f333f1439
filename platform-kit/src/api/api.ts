import { aliasesApi } from './aliases-api.ts';
import { buildsApi } from './builds-api.ts';
import { domainsApi } from './domains-api.ts';
import { draftsApi } from './drafts-api.ts';
import { eventsApi } from './events-api.ts';
import { executionsApi } from './executions-api.ts';
import { functionsApi } from './functions-api.ts';
import { invocationsApi } from './invocations-api.ts';
import { metricsApi } from './metrics-api.ts';
import { observationApi } from './observation-api.ts';
import { projectsApi } from './projects-api.ts';
import { rolloutsApi } from './rollouts-api.ts';
import type { RouteDeclaration } from './route.ts';
import { systemApi } from './system-api.ts';
import { tokensApi } from './tokens-api.ts';
import { upkeepApi } from './upkeep-api.ts';
import { versionsApi } from './versions-api.ts';

/** Every route of the public API, by its operation id. The gateway, its document and the clients know no other. */
export const API = {
  ...systemApi,
  ...upkeepApi,
  ...projectsApi,
  ...functionsApi,
  ...versionsApi,
  ...buildsApi,
  ...aliasesApi,
  ...rolloutsApi,
  ...domainsApi,
  ...observationApi,
  ...executionsApi,
  ...draftsApi,
  ...metricsApi,
  ...eventsApi,
  ...tokensApi,
  ...invocationsApi,
} satisfies Record<string, RouteDeclaration>;
