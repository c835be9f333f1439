import { z } from 'zod';
import { FunctionParams, PageQuery, page } from './inputs.ts';
import { defineRoute } from './route.ts';
import { DomainView } from './views.ts';

const DOMAINS = '/projects/:project/functions/:name/domains';

const DomainInput = z.string({ error: 'expected a domain such as "shop.example.org"' }).min(1).max(1000).meta({
  description: 'In any spelling: upper case, Unicode and a final dot are brought into the form that is kept.',
  examples: ['shop.example.org'],
}); // prettier-ignore

export const domainsApi = {
  listDomains: defineRoute({
    method: 'get',
    path: DOMAINS,
    tag: 'Domains',
    summary: 'List the custom domains of a function, by name',
    action: 'function.describe',
    params: FunctionParams,
    query: PageQuery,
    answer: { status: 200, json: page(DomainView) },
    problems: ['not_found'],
  }),
  addDomain: defineRoute({
    method: 'post',
    path: DOMAINS,
    tag: 'Domains',
    summary: 'Let a function answer at a domain',
    action: 'domain.change',
    params: FunctionParams,
    body: { json: z.strictObject({ domain: DomainInput }) },
    answer: { status: 201, json: DomainView },
    problems: ['not_found', 'conflict'],
  }),
  deleteDomain: defineRoute({
    method: 'delete',
    path: `${DOMAINS}/:domain`,
    tag: 'Domains',
    summary: 'Take a domain off a function',
    action: 'domain.change',
    params: FunctionParams.extend({ domain: DomainInput }),
    answer: { status: 204 },
    problems: ['not_found'],
  }),
};
