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
  const body = new ReadableStream<Uint8Array>({
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
      else signal.addEventListener('abort', onAbort, { once: true, signal: endController.signal });
    },
    async pull(controller) {
      try {
        const chunk = await reader.read();
        if (endController.signal.aborted) return;
        if (!chunk.done) controller.enqueue(chunk.value);
        else if (end()) controller.close();
      } catch (error) {
        if (end()) controller.error(error);
      }
    },
    async cancel(reason) {
      end();
      await reader.cancel(reason);
    },
  });
  return new Response(body, response);
}
