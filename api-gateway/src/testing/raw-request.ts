import { connect } from 'node:net';

/** Sends bytes to a port and gives back all that was answered until the connection closed or `until` was seen. */
export function rawRequest(port: number, text: string, options: { until?: string } = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text, 'latin1'));
    socket.setTimeout(5000, () =>
      socket.destroy(new Error(`no end of the answer: ${JSON.stringify(received)}`)),
    );
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      if (options.until !== undefined && received.includes(options.until)) socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
  });
}
