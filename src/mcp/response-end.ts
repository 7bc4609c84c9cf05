/**
 * The same response; `ended` is called once, when its body has been read to the end or the client has
 * gone. A client that goes gives its stream up at once, not when the next message is written to it.
 * A stream of events begins with a comment, for Node.js sends the headers with the first bytes only.
 */
export function whenEnded(response: Response, signal: AbortSignal, ended: () => void): Response {
  if (!response.body) {
    ended();
    return response;
  }
  const reader = response.body.getReader();
  const over = new AbortController();
  /** Whether this is the end: there is one. */
  const end = () => {
    if (over.signal.aborted) return false;
    over.abort();
    ended();
    return true;
  };
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
        controller.enqueue(new TextEncoder().encode(': open\n\n'));
      }
      const abandon = () => {
        if (!end()) return;
        reader.cancel().catch(() => {});
        controller.close();
      };
      if (signal.aborted) abandon();
      else signal.addEventListener('abort', abandon, { once: true, signal: over.signal });
    },
    async pull(controller) {
      try {
        const chunk = await reader.read();
        if (over.signal.aborted) return;
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
