import { toNodeHandler } from '@modelcontextprotocol/node';
import {
  createMcpHandler,
  isLegacyRequest,
  type McpHttpHandler,
} from '@modelcontextprotocol/server';
import { type Asker, askerKey } from '../access/asker.ts';
import { ChangeFeed, type Watcher } from './change-feed.ts';
import { listenRequest, Listeners } from './listening.ts';
import { whenEnded } from './response-end.ts';
import { RunningCalls } from './running-calls.ts';
import { createMcpServer, type McpOptions } from './server.ts';
import type { McpServices, OpenServices } from './services.ts';
import { type SessionLimits, Sessions } from './sessions.ts';

/** Questions are small; a larger body is answered 413. */
const maxRequestBodySize = 1024 * 1024;

/** Those who ask, beyond whom the face of one that has been idle for longest is closed. */
const mostFaces = 500;

export interface FaceOptions extends Omit<McpOptions, 'feed' | 'calls' | 'givenUp'> {
  /** The services for one who asks, made anew for each question; see `OpenServices`. */
  services: (asker: Asker) => Promise<McpServices>;
  limits?: SessionLimits;
}

type Face = Awaited<ReturnType<typeof openFace>>;

function onerror(error: Error): void {
  console.error('deedbox http:', error.message);
}

/**
 * The protocol in both eras for one who asks: one request a server for 2026-07-28, sessions for those
 * before it. Sessions, subscriptions and notices are this one's own.
 */
async function openFace(open: OpenServices, { limits, ...options }: FaceOptions) {
  const feed = new ChangeFeed(open);
  feed.attach(await open());
  const calls = new RunningCalls();
  const create = (request?: Request) =>
    createMcpServer(open, { ...options, feed, calls, givenUp: request?.signal });
  const handler: McpHttpHandler = createMcpHandler(({ requestInfo }) => create(requestInfo), {
    legacy: 'reject',
    maxRequestBodySize,
    onerror,
  });
  const sessions = new Sessions(create, limits);
  const watcher: Watcher = {
    uris: new Set(),
    listChanged: () => handler.notify.resourcesChanged(),
    updated: (uri) => handler.notify.resourceUpdated(uri),
  };
  const listeners = new Listeners(watcher);

  async function answer(request: Request): Promise<Response> {
    const body: unknown =
      request.method === 'POST'
        ? await request
            .clone()
            .json()
            .catch(() => undefined)
        : undefined;
    if (await isLegacyRequest(request, body)) return sessions.fetch(request, body);
    const asked = listenRequest(body);
    if (!asked) return handler.fetch(request, { parsedBody: body });
    await Promise.all(asked.uris.map((uri) => feed.remember(uri)));
    listeners.add(request, asked.uris);
    feed.watch(watcher);
    const response = await handler.fetch(request, { parsedBody: body });
    return whenEnded(response, request.signal, () => {
      listeners.delete(request);
      if (listeners.count === 0) feed.unwatch(watcher);
    });
  }

  let requests = 0;
  async function fetch(request: Request): Promise<Response> {
    requests += 1;
    try {
      return await answer(request);
    } finally {
      requests -= 1;
    }
  }

  return {
    handle: toNodeHandler({ fetch }, { maxRequestBodySize, onerror }),
    sessions,
    get idle() {
      return requests === 0 && sessions.count === 0 && listeners.count === 0;
    },
    async close() {
      feed.close();
      await Promise.all([handler.close(), sessions.close()]);
      await calls.settled();
    },
  };
}

/**
 * A face of the protocol for each one who asks, so that no session, subscription or notice of one can
 * reach another.
 */
export class ProtocolFaces {
  readonly #options: FaceOptions;
  /** The one asked for last stands last. */
  readonly #faces = new Map<string, { opening: Promise<Face>; face?: Face }>();

  constructor(options: FaceOptions) {
    this.#options = options;
  }

  /** Sessions of all who ask. */
  get sessions(): number {
    return [...this.#faces.values()].reduce(
      (sum, { face }) => sum + (face?.sessions.count ?? 0),
      0,
    );
  }

  async of(asker: Asker): Promise<Face> {
    const key = askerKey(asker);
    const known = this.#faces.get(key) ?? this.#open(asker);
    this.#faces.delete(key);
    this.#faces.set(key, known);
    try {
      known.face = await known.opening;
    } catch (error) {
      if (this.#faces.get(key) === known) this.#faces.delete(key);
      throw error;
    }
    return known.face;
  }

  async close(): Promise<void> {
    const faces = [...this.#faces.values()];
    this.#faces.clear();
    await Promise.all(faces.map(async ({ opening }) => (await opening).close()));
  }

  #open(asker: Asker): { opening: Promise<Face>; face?: Face } {
    this.#makeRoom();
    const open = () => this.#options.services(asker);
    return { opening: openFace(open, this.#options) };
  }

  #makeRoom(): void {
    if (this.#faces.size < mostFaces) return;
    for (const [key, { face }] of this.#faces) {
      if (!face?.idle) continue;
      this.#faces.delete(key);
      face.close().catch(onerror);
      return;
    }
  }
}
