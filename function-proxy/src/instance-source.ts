import type { InstanceLabels } from '@plat/platform-kit/docker/labels.ts';

/** An instance as whoever runs it sees it. `address` is an IP or host name, set while the instance can be reached. */
export type DiscoveredInstance = {
  id: string;
  labels: InstanceLabels;
  /** The engine's word; only `running` ones are routed to. */
  status: string;
  address: string | null;
  /** It was started without its function. */
  fromPool?: boolean;
};

/**
 * Something happened to an instance. With `began` it (re)started: whatever was known of it is void. `runs`: whether a
 * list should show it running from now on; the same as `began` when left out.
 */
export type InstanceEvent = { id: string; began: boolean; runs?: boolean };

/** Where instances are found. The list is the truth; events only say that it is worth another look. */
export type InstanceSource = {
  /** Every instance of this installation, in any state. Rejects when it cannot be known. */
  list: (signal: AbortSignal) => Promise<DiscoveredInstance[]>;
  /** Reports until `signal` aborts or the stream breaks, then returns or rejects; `onOpen` once nothing can be missed any more. */
  watch: (options: {
    signal: AbortSignal;
    onOpen: () => void;
    onEvent: (event: InstanceEvent) => void;
  }) => Promise<void>;
};
