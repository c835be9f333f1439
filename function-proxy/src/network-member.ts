/** Whoever has to be on an instance's network to reach it. */
export type NetworkMember = {
  /**
   * Resolves once it is on all of these networks, or has said in the log on which it cannot be. It leaves none: the
   * function-controller takes it off a network before it removes the network. Rejects when the engine does not answer.
   */
  join: (networks: ReadonlySet<string>, signal: AbortSignal) => Promise<void>;
};
