import type { JSONRPCMessage } from '@modelcontextprotocol/server';

/** Messages that are stored for one session; beyond them the oldest is dropped. */
const maxStored = 2000;
/** Milliseconds between two comments on an idle stream, which proxies would close otherwise. */
const keepAliveMs = 15_000;
/** From this version on, clients understand an event that has an id and no data. */
const primingVersion = '2025-11-25';

interface OpenStream {
  write(text: string): void;
  close(): void;
}

/**
 * What the service sends to one session by itself, on the stream that the client opens with GET. Messages
 * are stored until the session ends: a client that lost its stream opens it again with the id of the last
 * message that it got (Last-Event-ID), and is sent those after it. Of equal ones, which say the same, the
 * last is stored.
 *
 * Answers are not stored. They hold the text of contracts, and between the answer and the next connection
 * somebody may have lost the right to read it: the client asks again.
 */
export class SessionEvents {
  /** Ids by the text of the message, in the order of the ids. */
  readonly #stored = new Map<string, number>();
  #stream: OpenStream | undefined;
  #lastId = 0;
  /** The message after which the last stream began. A client that names none has got nothing from it. */
  #streamStart = 0;

  /** Sends a message now, or when the client opens its stream. */
  publish(message: JSONRPCMessage): void {
    const text = JSON.stringify(message);
    this.#stored.delete(text);
    this.#stored.set(text, (this.#lastId += 1));
    if (this.#stored.size > maxStored) this.#stored.delete(this.#stored.keys().next().value!);
    this.#stream?.write(eventText(text, this.#lastId));
  }

  /**
   * Opens the stream, and ends the one before it: a client whose connection froze opens another, long before
   * the service could notice.
   * @param options.lastEventId as the client sent it; an id that was never given counts as the first, for what
   *   comes twice does no harm
   */
  open(options: {
    sessionId: string;
    lastEventId: string | null;
    version: string | null;
  }): Response {
    this.#stream?.close();
    const { sessionId, lastEventId, version } = options;
    const after = this.#parseId(lastEventId) ?? this.#streamStart;
    this.#streamStart = after;
    let stream: OpenStream | undefined;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        stream = openStream(controller, () => {
          if (this.#stream === stream) this.#stream = undefined;
        });
        // so that a client knows an id before the first message
        if ((version ?? '') >= primingVersion) stream.write(`id: ${after}\ndata: \n\n`);
        for (const [text, id] of this.#stored) if (id > after) stream.write(eventText(text, id));
      },
      cancel: () => stream?.close(),
    });
    this.#stream = stream;
    return new Response(body, {
      headers: {
        'content-type': 'text/event-stream',
        'cache-control': 'no-cache, no-transform',
        'x-accel-buffering': 'no',
        'mcp-session-id': sessionId,
      },
    });
  }

  close(): void {
    this.#stream?.close();
  }

  #parseId(lastEventId: string | null): number | undefined {
    if (lastEventId === null) return undefined;
    const id = /^\d{1,15}$/.test(lastEventId) ? Number(lastEventId) : 0;
    return id > this.#lastId ? 0 : id;
  }
}

const eventText = (message: string, id: number) =>
  `event: message\nid: ${id}\ndata: ${message}\n\n`;

/** @param onClose called once */
function openStream(
  controller: ReadableStreamDefaultController<Uint8Array>,
  onClose: () => void,
): OpenStream {
  const encoder = new TextEncoder();
  let isClosed = false;
  const write = (text: string) => {
    if (!isClosed) controller.enqueue(encoder.encode(text));
  };
  const timer = setInterval(() => write(': keepalive\n\n'), keepAliveMs).unref();
  return {
    write,
    close() {
      if (isClosed) return;
      isClosed = true;
      clearInterval(timer);
      onClose();
      try {
        controller.close();
      } catch {
        // its client has cancelled it
      }
    },
  };
}
