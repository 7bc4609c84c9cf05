import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Accounts } from './accounts.ts';
import { exportOf } from './api-files.ts';
import { consent, postRouteOf } from './token-api.ts';
import { type Caller, contentScopes, callerOf } from './caller.ts';
import { ApiError, apiError, oauthError } from './errors.ts';
import { exportLinkPath, typeOfExport } from './export-formats.ts';
import { errorFor, type Fault, Faults, type RequestKind } from './faults.ts';
import { InMemoryListingSnapshots } from './listing-snapshots.ts';
import { bytesReply, errorReply, jsonReply, type Reply, send } from './replies.ts';
import { type Bytes, kindOf, routeOf } from './routes.ts';
import { DriveModel, type DriveModelOptions } from './drive-model.ts';

/** One request that was made, for tests that count. */
export interface LoggedRequest {
  kind: RequestKind;
  method: string;
  path: string;
  params: Record<string, string>;
  range?: string;
  /** As whom; absent where nobody was signed in. */
  email?: string;
  status: number;
}

/**
 * Google Drive on this machine: Drive v3, the groups of the Directory API, and the accounts server,
 * over real HTTP. It follows Google's reference; where the reference leaves something open,
 * the comment beside it says what is done here.
 */
export class DriveSimulator {
  readonly model: DriveModel;
  readonly accounts = new Accounts();
  readonly faults: Faults;
  readonly requestLog: LoggedRequest[] = [];
  /** Without a slash at the end; known once it listens. */
  url = '';
  /** Answers POST /control/NAME where the Drive runs as a process of its own. */
  control?: (name: string, args: unknown) => unknown;
  private readonly server = createServer((request, response) => void this.serve(request, response));
  private readonly snapshots = new InMemoryListingSnapshots();
  private readonly exportedFiles = new Map<string, Bytes>();

  constructor(options: DriveModelOptions & { faultSeed?: number } = {}) {
    this.model = new DriveModel(options);
    this.faults = new Faults(options.faultSeed ?? 1);
  }

  async listen(port = 0): Promise<this> {
    await new Promise<void>((listening) => this.server.listen(port, '127.0.0.1', listening));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this;
  }

  async close(): Promise<void> {
    const closed = new Promise((done) => this.server.close(done));
    this.server.closeAllConnections();
    await closed;
  }

  /** How many requests of each kind were made since the last `forgetRequests`. */
  counts(): Partial<Record<RequestKind, number>> {
    const counts: Partial<Record<RequestKind, number>> = {};
    for (const { kind } of this.requestLog) counts[kind] = (counts[kind] ?? 0) + 1;
    return counts;
  }

  /**
   * From now on tokens from before now are rejected, in every log: as unknown (400), or otherwise. To
   * ask for a new one still works.
   */
  expireTokens(status: 400 | 404 | 410 = 400): void {
    for (const log of [...this.model.userLogs.values(), ...this.model.driveLogs.values()]) {
      log.rejection = status;
      log.expire();
    }
  }

  forgetRequests(): void {
    this.requestLog.length = 0;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? 'GET';
    const url = new URL(request.url ?? '/', this.url);
    const params = url.searchParams;
    const kind = kindOf(url.pathname, params);
    const { range } = request.headers;
    const logged: LoggedRequest = {
      kind,
      method,
      path: url.pathname,
      params: Object.fromEntries(params),
      ...(range !== undefined && { range }),
      status: 0,
    };
    const body = await bodyOf(request);
    if (this.control && url.pathname.startsWith('/control/')) {
      const result = this.handleControl(url.pathname.slice('/control/'.length), body);
      await send(request, response, result, [], this.faults.random);
      return;
    }
    this.requestLog.push(logged);
    const faults = this.faults.matching({ kind, method, url: request.url ?? '/' });
    let reply: Reply;
    try {
      const answerFault = faults.find((fault) => fault.do === 'answer');
      if (answerFault) throw errorFor(answerFault);
      reply = this.answer(request, url, body, faults, logged);
    } catch (error) {
      if (!(error instanceof ApiError)) console.error(error);
      const apiFailure =
        error instanceof ApiError ? error : apiError(500, 'internalError', String(error));
      reply = errorReply(apiFailure);
    }
    logged.status = reply.status;
    await send(request, response, reply, faults, this.faults.random);
  }

  private answer(
    request: IncomingMessage,
    url: URL,
    body: string,
    faults: readonly Fault[],
    logged: LoggedRequest,
  ): Reply {
    const path = url.pathname;
    const params = url.searchParams;
    if (path === '/o/oauth2/v2/auth')
      return { status: 302, headers: { Location: consent(this.accounts, params) }, body: empty };
    const postHandler = postRouteOf(path);
    if (postHandler) {
      if (request.method !== 'POST') throw oauthError(405, 'invalid_request', 'POST is needed.');
      return jsonReply(postHandler(this, { request, params, body }));
    }
    const exportedFile = this.exportedFiles.get(path);
    if (exportedFile) return bytesReply(exportedFile, request.headers.range);
    const route = routeOf(path, params);
    const isExportLink = path === exportLinkPath;
    if (request.method !== 'GET' || (!route && !isExportLink))
      throw apiError(404, 'notFound', `No such method: ${request.method} ${path}`);
    const scopes = route?.scopes ?? contentScopes;
    const caller = callerOf(this, this.snapshots, request, { params, scopes, faults });
    logged.email = caller.email;
    if (!route) return this.exportLink(caller, params);
    const answer = route.answer(caller);
    return 'json' in answer ? jsonReply(answer.json) : bytesReply(answer, request.headers.range);
  }

  private handleControl(name: string, body: string): Reply {
    try {
      return jsonReply({ result: this.control?.(name, JSON.parse(body || '[]')) ?? null });
    } catch (error) {
      return jsonReply({ error: String(error) }, 400);
    }
  }

  /** An export link leads on to an address that needs no token, as Google's do. */
  private exportLink(caller: Caller, params: URLSearchParams): Reply {
    const type = typeOfExport(params.get('exportFormat') ?? '') ?? null;
    const content = exportOf(caller, params.get('id') ?? '', type, Number.POSITIVE_INFINITY);
    const path = `/exported/${randomBytes(12).toString('hex')}`;
    this.exportedFiles.set(path, content);
    return { status: 302, headers: { Location: `${this.url}${path}` }, body: empty };
  }
}

const empty = Buffer.alloc(0);

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
