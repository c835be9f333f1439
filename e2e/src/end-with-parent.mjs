/**
 * Ends this process when the one that started it, and holds the other end of its standard input, is gone: also when that was
 * killed, which no handler there could tell. As SIGTERM does, so that a platform closes what it has.
 */
export function endWithParent() {
  process.stdin.on('error', () => {}).once('close', () => process.kill(process.pid, 'SIGTERM'));
  process.stdin.resume();
  process.stdin.unref();
}
