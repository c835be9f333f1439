import { newId } from '@plat/platform-kit/ids.ts';
import { requestId } from '@plat/platform-kit/http-server.ts';
import type { Invoker } from '@plat/platform-kit/invoker.ts';
import { edgeTarget, type EdgeOptions } from './edge.ts';
import { invoke, type InvokeDeps } from './invoke.ts';
import { upgrade } from './upgrade.ts';

/** The data plane as one object. At the edge a request keeps the id its response carries already, else it gets a new one. */
export function createInvoker(deps: InvokeDeps, edge: EdgeOptions): Invoker {
  return {
    invoke: (req, res, target) => invoke(req, res, target, deps),
    upgrade: (req, socket, head, target) => upgrade({ req, socket, head, target }, deps),
    edge: (req, res) => {
      const target = edgeTarget(req, requestId(res) || newId(), edge);
      if (target) void invoke(req, res, target, deps);
      return target !== undefined;
    },
    edgeUpgrade: (req, socket, head) => {
      const target = edgeTarget(req, newId(), edge);
      if (target) void upgrade({ req, socket, head, target }, deps);
      return target !== undefined;
    },
  };
}
