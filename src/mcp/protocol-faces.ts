import { toNodeHandler } from '@modelcontextprotocol/node';
import {
  type AuthInfo,
  createMcpHandler,
  isLegacyRequest,
  type McpHttpHandler,
} from '@modelcontextprotocol/server';
import type { Logger } from 'pino';
import type { Asker } from '../access/asker.ts';
import type { Caller, Scope } from '../access/caller.ts';
import { DeedboxError } from '../errors.ts';
import { noteNotices } from './answered.ts';
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
  /** The services for one who asks and may do that, made anew for each question; see `OpenServices`. */
  services: (asker: Asker, scopes: readonly Scope[]) => Promise<McpServices>;
  /** Whether one who was let in would be let in still. */
  isStillAdmitted: (caller: Caller) => boolean;
  limits: SessionLimits & {
    /** Sessions of all who ask; 2,000 where it is left out. */
    sessionsInAll?: number;
    /** Milliseconds between two looks whether those with sessions and streams would be let in still. */
    recheck: number;
  };
}

const usualSessionsInAll = 2000;

type Face = Awaited<ReturnType<typeof openFace>>;

/** What the protocol's own code has to tell of messages that are none, or of clients that have gone. */
const troubleTo = (log: Logger | undefined) => (err: unknown) =>
  log?.debug({ err }, 'trouble with a client');

/**
 * The protocol in both eras for one who asks: one request a server for 2026-07-28, sessions for those
 * before it. Sessions, subscriptions and notices are this one's own.
 */
async function openFace(
  open: OpenServices,
  caller: Caller,
  { limits, ...options }: FaceOptions,
  isRoom: () => boolean,
) {
  const { log } = options;
  const onerror = troubleTo(log);
  const feed = new ChangeFeed(open, noteNotices(options.answered, { caller }), log);
  feed.attach(await open());
  const calls = new RunningCalls();
  const create = (request?: Request) =>
    createMcpServer(open, { ...options, feed, calls, givenUp: request?.signal });
  const handler: McpHttpHandler = createMcpHandler(({ requestInfo }) => create(requestInfo), {
    legacy: 'reject',
    maxRequestBodySize,
    onerror,
  });
  const sessions = new Sessions(create, limits, isRoom, log);
  const watcher: Watcher = {
    uris: new Set(),
    listChanged: () => handler.notify.resourcesChanged(),
    updated: (uri) => handler.notify.resourceUpdated(uri),
  };
  const listeners = new Listeners(watcher);

  async function answer(request: Request, authInfo: AuthInfo | undefined): Promise<Response> {
    const body: unknown =
      request.method === 'POST'
        ? await request
            .clone()
            .json()
            .catch(() => undefined)
        : undefined;
    if (await isLegacyRequest(request, body))
      return sessions.fetch(request, { parsedBody: body, authInfo });
    const asked = listenRequest(body);
    if (!asked) return handler.fetch(request, { parsedBody: body, authInfo });
    await Promise.all(asked.uris.map((uri) => feed.remember(uri)));
    listeners.add(request, asked.uris);
    feed.watch(watcher);
    const response = await handler.fetch(request, { parsedBody: body, authInfo });
    return whenEnded(response, request.signal, () => {
      listeners.delete(request);
      if (listeners.count === 0) feed.unwatch(watcher);
    });
  }

  let requests = 0;
  async function fetch(
    request: Request,
    { authInfo }: { authInfo?: AuthInfo } = {},
  ): Promise<Response> {
    requests += 1;
    try {
      return await answer(request, authInfo);
    } finally {
      requests -= 1;
    }
  }

  return {
    handle: toNodeHandler({ fetch }, { maxRequestBodySize, onerror }),
    sessions,
    listeners,
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

interface Held {
  caller: Caller;
  opening: Promise<Face>;
  face?: Face;
}

/**
 * A face of the protocol for each caller, so that no session, subscription or notice of one can reach
 * another: to one, the session of another is an unknown one.
 */
export class ProtocolFaces {
  readonly #options: FaceOptions;
  /** The one asked for last stands last. */
  readonly #faces = new Map<string, Held>();
  readonly #recheck: NodeJS.Timeout;
  readonly #closingFailed: (err: unknown) => void;

  constructor(options: FaceOptions) {
    this.#options = options;
    this.#closingFailed = (err) => options.log?.error({ err }, 'closing what one had open failed');
    this.#recheck = setInterval(() => this.#sendAway(), options.limits.recheck).unref();
  }

  /** Sessions of all who ask. */
  get sessions(): number {
    return this.#open.reduce((sum, { sessions }) => sum + sessions.count, 0);
  }

  async of(caller: Caller): Promise<Face> {
    const { id } = caller;
    const known = this.#faces.get(id) ?? this.#openFor(caller);
    this.#faces.delete(id);
    this.#faces.set(id, known);
    try {
      known.face = await known.opening;
    } catch (error) {
      if (this.#faces.get(id) === known) this.#faces.delete(id);
      throw error;
    }
    return known.face;
  }

  /** Requests that stay open to listen (2026-07-28), of all who ask. */
  get listening(): number {
    return this.#open.reduce((sum, { listeners }) => sum + listeners.count, 0);
  }

  async close(): Promise<void> {
    clearInterval(this.#recheck);
    const faces = [...this.#faces.values()];
    this.#faces.clear();
    await Promise.all(faces.map(async ({ opening }) => (await opening).close()));
  }

  get #open(): Face[] {
    return [...this.#faces.values()].flatMap(({ face }) => face ?? []);
  }

  #openFor(caller: Caller): Held {
    this.#makeRoom();
    const { services, isStillAdmitted, limits } = this.#options;
    const open = async () => {
      // also of notices, which nobody asks for at the door
      if (isStillAdmitted(caller)) return services(caller.asker, caller.scopes);
      throw new DeedboxError('unauthenticated', 'The key does not count any more.');
    };
    const most = limits.sessionsInAll ?? usualSessionsInAll;
    const isRoom = () => this.sessions < most || this.#endIdleSession();
    return { caller, opening: openFace(open, caller, this.#options, isRoom) };
  }

  /** Ends the session, of whomever, that has been idle for longest; false when all are in use. */
  #endIdleSession(): boolean {
    const since = (face: Face) => face.sessions.idleSince ?? Infinity;
    const [first] = this.#open.sort((a, b) => since(a) - since(b));
    return first?.sessions.makeRoom() ?? false;
  }

  /** Closes what those have open who would not be let in any more. */
  #sendAway(): void {
    for (const [id, { caller, face }] of this.#faces) {
      if (this.#isStillAdmitted(caller)) continue;
      this.#faces.delete(id);
      face?.close().catch(this.#closingFailed);
    }
  }

  #isStillAdmitted(caller: Caller): boolean {
    try {
      return this.#options.isStillAdmitted(caller);
    } catch (err) {
      this.#options.log?.error({ err }, 'it is not known who is let in still');
      return false;
    }
  }

  #makeRoom(): void {
    if (this.#faces.size < mostFaces) return;
    for (const [id, { face }] of this.#faces) {
      if (!face?.idle) continue;
      this.#faces.delete(id);
      face.close().catch(this.#closingFailed);
      return;
    }
  }
}
