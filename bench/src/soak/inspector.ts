import { once } from 'node:events';
import { deadline } from '@plat/platform-kit/waiting.ts';
import { WebSocket } from 'undici';

const ANSWER_MS = 30_000;
const GROUP = 'soak';

/** What a process of Node.js holds after its garbage was collected. */
export type Held = {
  heapMiB: number;
  /** Timers that have not fired, with those that keep no process alive. */
  timers: number;
  /** Of all emitters and abort signals. */
  listeners: number;
  sockets: number;
  promises: number;
  /** The most numerous of its objects, by what made them: which of them grow says where to look. */
  kinds: Record<string, number>;
};

const KINDS = 60;

type Answer = { id: number; result?: Record<string, unknown>; error?: { message: string } };
type Remote = { result: { objectId?: string; value?: unknown }; exceptionDetails?: { text: string } };

/**
 * Asks a process by V8's inspector, at the address that it prints when it gets SIGUSR1. Nothing of the process needs to
 * know of it; while it is asked, it does nothing else, for some hundred ms.
 */
export class Inspector {
  readonly #socket: WebSocket;
  #lastId = 0;
  readonly #waiting = new Map<number, (answer: Answer) => void>();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const answer = JSON.parse(String(data)) as Answer;
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
    });
  }

  /** `url`: `ws://…`, as Node prints it. */
  static async open(url: string): Promise<Inspector> {
    const socket = new WebSocket(url);
    await once(socket, 'open', { signal: deadline(ANSWER_MS) });
    return new Inspector(socket);
  }

  async held(): Promise<Held> {
    await this.#ask('HeapProfiler.collectGarbage');
    const heapBytes = valueOf(
      await this.#ask('Runtime.evaluate', { expression: 'process.memoryUsage().heapUsed' }),
    );
    const { result } = (await this.#ask('Runtime.evaluate', {
      expression: 'Object.prototype',
      objectGroup: GROUP,
    })) as Remote;
    // One walk over the heap for all: each takes as long as the collection of garbage.
    const { objects } = (await this.#ask('Runtime.queryObjects', {
      prototypeObjectId: result.objectId,
      objectGroup: GROUP,
    })) as { objects: { objectId: string } };
    const counted = await this.#ask('Runtime.callFunctionOn', {
      objectId: objects.objectId,
      functionDeclaration: COUNT,
      returnByValue: true,
    });
    await this.#ask('Runtime.releaseObjectGroup', { objectGroup: GROUP });
    return { heapMiB: (heapBytes as number) / 1024 ** 2, ...(valueOf(counted) as Omit<Held, 'heapMiB'>) };
  }

  async close(): Promise<void> {
    const closed = once(this.#socket, 'close', { signal: deadline(ANSWER_MS) });
    this.#socket.close();
    await closed;
  }

  async #ask(method: string, params: object = {}): Promise<Record<string, unknown>> {
    const id = ++this.#lastId;
    const answer = await new Promise<Answer>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`The inspector did not answer ${method}.`)), ANSWER_MS);
      this.#waiting.set(id, (received) => (clearTimeout(timer), resolve(received)));
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
    if (answer.error) throw new Error(`${method}: ${answer.error.message}`);
    return answer.result ?? {};
  }
}

function valueOf(answer: Record<string, unknown>): unknown {
  const { result, exceptionDetails } = answer as Remote;
  if (exceptionDetails) throw new Error(`The inspector could not tell: ${exceptionDetails.text}`);
  return result.value;
}

/** Runs in the process, with all its living objects as `this`. Prototypes are among them, and are none of what they make. */
const COUNT = `function () {
  const { EventEmitter, getEventListeners } = process.getBuiltinModule('node:events');
  const { Socket } = process.getBuiltinModule('node:net');
  const Timer = setTimeout(() => {}, 0).constructor;
  const counted = { timers: 0, listeners: 0, sockets: 0, promises: 0 };
  const kinds = new Map();
  for (const one of this) {
    try {
      const kind = one.constructor?.name || 'none';
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      if (one instanceof Timer) counted.timers += one._destroyed ? 0 : 1;
      else if (one instanceof Promise) counted.promises++;
      else if (one instanceof AbortSignal) counted.listeners += getEventListeners(one, 'abort').length;
      else if (one instanceof EventEmitter) {
        for (const name of one.eventNames()) counted.listeners += one.listenerCount(name);
        if (one instanceof Socket && !one.destroyed) counted.sockets++;
      }
    } catch {}
  }
  const most = [...kinds].sort((a, b) => b[1] - a[1]).slice(0, ${KINDS});
  return { ...counted, kinds: Object.fromEntries(most) };
}`;
