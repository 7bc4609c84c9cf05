import type { IncomingMessage, ServerResponse } from 'node:http';

/** The length of the body that a request announces; 0 without one, undefined where it is not known. */
export function announcedBodyBytes({ headers }: IncomingMessage): number | undefined {
  if (headers['transfer-encoding'] !== undefined) return undefined;
  return Number(headers['content-length'] ?? 0);
}

/** Bytes that Node.js reads from a connection at once. */
const readBufferBytes = 64 * 1024;

/** Bytes of the head of a request, as it was sent. */
function headBytes({ method = '', url = '', rawHeaders }: IncomingMessage): number {
  return rawHeaders.reduce((sum, part) => sum + part.length + 2, method.length + url.length + 14);
}

/**
 * Calls `report` when the response was sent or its connection has closed, with the bytes that the
 * request and the response took. Of several requests on one connection each counts its own.
 */
export function onTransferred(
  request: IncomingMessage,
  response: ServerResponse,
  report: (bytes: { received: number; sent: number }) => void,
): void {
  const { socket } = request;
  const { bytesRead, bytesWritten } = socket;
  response.once('close', () => {
    // of a body of unknown length, so much may have come together with the head
    const body = announcedBodyBytes(request) ?? socket.bytesRead - bytesRead + readBufferBytes;
    report({ received: headBytes(request) + body, sent: socket.bytesWritten - bytesWritten });
  });
}
