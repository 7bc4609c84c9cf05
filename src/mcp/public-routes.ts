import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { sendJson } from './http-responses.ts';
import type { ResourceMetadata } from './resource-metadata.ts';

/** Milliseconds in which one finds out whether questions can be answered. */
const readyTimeoutMs = 3000;

export interface PublicRouteState {
  /** Throws when no question could be answered now. */
  ready?: () => Promise<unknown>;
  isClosing: boolean;
  metadata?: ResourceMetadata;
}

async function isReady({ isClosing, ready }: PublicRouteState): Promise<boolean> {
  if (isClosing) return false;
  const readiness = (ready?.() ?? Promise.resolve()).then(
    () => true,
    () => false,
  );
  return Promise.race([readiness, delay(readyTimeoutMs, false, { ref: false })]);
}

/**
 * Answers what is told to everybody: whether this process answers (`/health/live`), whether questions can
 * be answered (`/health/ready`), and where to sign in. False where it is something else that is asked for.
 */
export async function servePublicRoutes(
  path: string,
  response: ServerResponse,
  state: PublicRouteState,
): Promise<boolean> {
  const { metadata } = state;
  if (path === '/health/live') sendJson(response, 200, { status: 'live' });
  else if (path === '/health/ready') {
    const isServiceReady = await isReady(state);
    sendJson(response, isServiceReady ? 200 : 503, {
      status: isServiceReady ? 'ready' : 'not_ready',
    });
  } else if (metadata?.isAt(path)) {
    sendJson(response, 200, metadata.document, { 'access-control-allow-origin': '*' });
  } else return false;
  return true;
}
