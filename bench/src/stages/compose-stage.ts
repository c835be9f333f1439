import { ComposeStack } from '@plat/e2e/compose-stack.ts';
import { leftovers } from '@plat/e2e/engine.ts';
import { treeOf } from '../processes.ts';
import { deploy } from './deploy.ts';
import { SETTINGS, type Stage } from './stage.ts';

/** `docker compose up`, without Traefik: gateway and proxy in containers of their own. */
export async function startCompose(): Promise<Stage> {
  const stack = await ComposeStack.create(SETTINGS);
  try {
    await stack.composeOk(['build']);
    await stack.up();
  } catch (error) {
    await stack.remove();
    throw error;
  }
  const gateway = (await stack.containers()).get('api-gateway')!;
  // By its own address: a port published on loopback goes through a process of Docker's, which is measured by itself.
  const url = `http://${gateway.NetworkSettings.Networks[`${stack.name}-platform`]!.IPAddress}:8080`;
  const deployer = {
    namespace: stack.name,
    url,
    workFolder: (name: string) => stack.workFolder(name),
    platOk: (args: string[], options: { cwd: string; timeoutMs: number }) => stack.platOk(args, options),
  };
  return {
    name: 'compose',
    namespace: stack.name,
    url,
    publishedUrl: stack.url,
    deploy: (name, files) => deploy(deployer, name, files),
    dataPlane: async () => {
      const containers = await stack.containers();
      const pids = async (service: string) => treeOf(containers.get(service)!.State.Pid);
      return {
        'api-gateway': await pids('api-gateway'),
        'function-proxy': await pids('function-proxy'),
      };
    },
    containers: async () => (await leftovers(stack.name)).containers.length,
    close: () => stack.remove(),
  };
}
