/** Bytes of a stream that wait because its client does not read; beyond them the stream is closed. */
const maxBufferedBytes = 2 ** 20;

/**
 * The same response; `onEnd` is called once, when its body was read to the end or the client has
 * disconnected, at once and not with the next message to it. A stream of events begins with a comment,
 * for Node.js sends the headers only with the first bytes.
 */
export function onResponseEnd(
  response: Response,
  signal: AbortSignal,
  onEnd: () => void,
): Response {
  if (!response.body) {
    onEnd();
    return response;
  }
  const reader = response.body.getReader();
  const endController = new AbortController();
  /** False where the end was reported already. */
  const end = () => {
    if (endController.signal.aborted) return false;
    endController.abort();
    onEnd();
    return true;
  };
  /** Reads on however slow the client is, so that the wait is bounded here and not in the SDK. */
  const forward = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    try {
      for (;;) {
        const chunk = await reader.read();
        if (endController.signal.aborted) return;
        if (chunk.done) {
          if (end()) controller.close();
          return;
        }
        controller.enqueue(chunk.value);
        if (-controller.desiredSize! <= maxBufferedBytes || !end()) continue;
        controller.error(new Error('The client does not read its stream.'));
        await reader.cancel();
        return;
      }
    } catch (error) {
      if (end()) controller.error(error);
    }
  };
  const size = (chunk: Uint8Array) => chunk.byteLength;
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
          controller.enqueue(new TextEncoder().encode(': open\n\n'));
        }
        const onAbort = () => {
          if (!end()) return;
          reader.cancel().catch(() => {});
          controller.close();
        };
        if (signal.aborted) onAbort();
        else
          signal.addEventListener('abort', onAbort, { once: true, signal: endController.signal });
        void forward(controller);
      },
      async cancel(reason) {
        end();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0, size },
  );
  return new Response(body, response);
}
