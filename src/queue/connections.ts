/** Connections that a process needs for the queue's pool and its listener, out of `poolSize`. */
export function splitConnections(poolSize: number): { tables: number; queue: number } {
  const queue = Math.max(2, Math.floor(poolSize / 4));
  return { tables: Math.max(1, poolSize - queue - 1), queue };
}
