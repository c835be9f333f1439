import { LABELS, isManaged } from '@plat/platform-kit/docker/labels.ts';
import { readPoolLabels } from '@plat/platform-kit/docker/pool-names.ts';
import type { GateRequest, RuleContext } from './rules.ts';

/** Containers of the platform itself that may join functions' networks carry this label with the namespace. */
export const MEMBER_LABELS = [LABELS.member, 'plat.edge'] as const;

export async function ownContainer(
  { params }: GateRequest,
  { engine, namespace }: RuleContext,
): Promise<string | undefined> {
  const labels = await engine.containerLabels(params[0]!);
  // Of one that is gone, the engine says so itself.
  if (labels === undefined || isManaged(labels, namespace)) return undefined;
  return `the container ${params[0]} is not of the installation "${namespace}"`;
}

/** A container of a pool gets the name of an instance of its own project; nothing else gets another name. */
export async function ownPooledName(
  { params, query }: GateRequest,
  { engine, namespace }: RuleContext,
): Promise<string | undefined> {
  const labels = await engine.containerLabels(params[0]!);
  if (labels === undefined) return undefined;
  const pool = readPoolLabels(labels, namespace);
  if (!pool) return `the container ${params[0]} is not of a pool of the installation "${namespace}"`;
  const prefix = `${namespace}-${pool.project}-`;
  return query.get('name')?.startsWith(prefix) ? undefined : `the name does not start with "${prefix}"`;
}

/** An instance, or one of the platform's own containers that join functions' networks. */
export async function knownContainer(
  request: GateRequest,
  context: RuleContext,
): Promise<string | undefined> {
  const labels = await context.engine.containerLabels(request.params[0]!);
  return isMember(labels, context.namespace) ? undefined : ownContainer(request, context);
}

export async function ownImage(
  { params }: GateRequest,
  { engine, namespace }: RuleContext,
): Promise<string | undefined> {
  const labels = await engine.imageLabels(params[0]!);
  if (labels === undefined || isManaged(labels, namespace)) return undefined;
  return `the image ${params[0]} is not of the installation "${namespace}"`;
}

export async function ownNetwork(
  { params }: GateRequest,
  { engine, namespace }: RuleContext,
): Promise<string | undefined> {
  const labels = await engine.networkLabels(params[0]!);
  if (labels === undefined || isManaged(labels, namespace)) return undefined;
  return `the network ${params[0]} is not of the installation "${namespace}"`;
}

/** Connecting or disconnecting: a network of ours, and a container that is meant for it. */
export async function memberOfNetwork(
  request: GateRequest,
  context: RuleContext,
): Promise<string | undefined> {
  const refusal = await ownNetwork(request, context);
  if (refusal !== undefined) return refusal;
  const container = (request.body as { Container?: unknown } | null)?.Container;
  if (typeof container !== 'string' || !/^[\w.-]{1,128}$/.test(container))
    return 'the body names no container';
  const labels = await context.engine.containerLabels(container);
  if (labels === undefined || isMember(labels, context.namespace)) return undefined;
  return `the container ${container} may not be put on functions' networks`;
}

function isMember(labels: Record<string, string> | undefined, namespace: string): boolean {
  return MEMBER_LABELS.some((name) => labels?.[name] === namespace);
}

/** Narrows a list or a stream of events to what is ours, unless it asks for just that already. */
export function narrowToOurs({ query }: GateRequest, { namespace }: RuleContext): string | undefined {
  const filters = readFilters(query.get('filters'));
  if (filters === undefined) return 'the filters are not JSON as the engine reads it';
  const ours = [LABELS.namespace, ...MEMBER_LABELS].map((name) => `${name}=${namespace}`);
  const labels = filters['label'] ?? [];
  if (!labels.some((label) => ours.includes(label)))
    filters['label'] = [...labels, `${LABELS.namespace}=${namespace}`];
  query.set('filters', JSON.stringify(filters));
  return undefined;
}

/** `{"label":["a=b"]}` and `{"label":{"a=b":true}}` mean the same to the engine; undefined when it is neither. */
function readFilters(text: string | null): Record<string, string[]> | undefined {
  try {
    const filters = JSON.parse(text || '{}') as unknown;
    if (typeof filters !== 'object' || filters === null || Array.isArray(filters)) return undefined;
    const read: Record<string, string[]> = {};
    for (const [name, value] of Object.entries(filters as Record<string, unknown>)) {
      const values = Array.isArray(value) ? value : Object.keys(value as object);
      if (!values.every((item) => typeof item === 'string')) return undefined;
      read[name] = values;
    }
    return read;
  } catch {
    return undefined;
  }
}

/** An image of ours gets a name under our own prefix in some registry. */
export async function tagOurs(request: GateRequest, context: RuleContext): Promise<string | undefined> {
  return refuseRepository(request.query.get('repo') ?? '', context) ?? ownImage(request, context);
}

export function pushOurs({ params }: GateRequest, context: RuleContext): string | undefined {
  return refuseRepository(params[0]!, context);
}

function refuseRepository(name: string, { namespace }: RuleContext): string | undefined {
  const [host, owner, ...rest] = name.split('/');
  if (host && owner === namespace && rest.length > 0) return undefined;
  return `the repository "${name}" is not <registry>/${namespace}/…`;
}
