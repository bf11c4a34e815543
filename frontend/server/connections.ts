import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const GRACE_MS = 500;

/** The connections of a server on which nothing is being answered. */
export interface UnusedConnections {
  /** Closes those that have been unused for a moment; a request may just be on its way on the others. */
  close(): void;
}

/**
 * Node counts a connection that has not sent anything yet as busy, and clients keep such spare ones: by its own means a
 * closing server would wait for them until they time out.
 */
export function watchConnections(server: Server): UnusedConnections {
  const unusedSince = new Map<Socket, number>();
  server.on('connection', (socket: Socket) => {
    unusedSince.set(socket, performance.now());
    socket.once('close', () => unusedSince.delete(socket));
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    unusedSince.delete(socket);
    response.once('close', () => {
      if (!socket.destroyed) unusedSince.set(socket, performance.now());
    });
  });
  return {
    close: () => {
      for (const [socket, since] of unusedSince) if (performance.now() - since > GRACE_MS) socket.destroy();
    },
  };
}
