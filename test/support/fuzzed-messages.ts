import { seededRandom } from '../../training/random.ts';
import { json } from './raw-http.ts';

const methods = [
  'initialize',
  'tools/list',
  'tools/call',
  'resources/read',
  'resources/list',
  'resources/subscribe',
  'prompts/get',
  'completion/complete',
  'ping',
  'logging/setLevel',
  'server/discover',
  'notifications/initialized',
  'notifications/cancelled',
  'constructor',
  '__proto__',
  'toString',
  '',
];
const words = [
  'document_id',
  'query',
  'name',
  'arguments',
  'uri',
  '_meta',
  'progressToken',
  'io.modelcontextprotocol/protocolVersion',
  'io.modelcontextprotocol/clientInfo',
  '__proto__',
  'constructor',
  'jsonrpc',
  'id',
  'search_documents',
  'get_document',
  'deedbox://register',
  'deedbox://documents/..%2f..%2fetc',
  '2025-11-25',
  '2026-07-28',
];

/** Invalid requests: nearly valid ones, nonsense, and text that is not JSON; deterministic for a seed. */
export class FuzzedMessages {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  next(session: string): { headers: Record<string, string>; body: string | Buffer } {
    const headers: Record<string, string> = { ...json };
    if (this.#random() < 0.7) headers['mcp-session-id'] = session;
    if (this.#random() < 0.1) headers['mcp-session-id'] = this.#text();
    if (this.#random() < 0.3)
      headers['mcp-protocol-version'] = this.#pick([...words, '1900-01-01']);
    if (this.#random() < 0.2) headers['mcp-method'] = this.#pick(methods) || 'x';
    if (this.#random() < 0.2) headers['mcp-name'] = this.#text();
    if (this.#random() < 0.05)
      headers['accept'] = this.#pick(['*/*', 'text/html', 'application/json']);
    if (this.#random() < 0.05)
      headers['content-type'] = this.#pick(['text/plain', 'application/xml']);
    return { headers, body: this.#body() };
  }

  #pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.#random() * items.length)]!;
  }

  /** Characters that are valid in a header. */
  #text(): string {
    return Array.from({ length: 1 + Math.floor(this.#random() * 12) }, () =>
      String.fromCodePoint(33 + Math.floor(this.#random() * 94)),
    ).join('');
  }

  #body(): string | Buffer {
    const random = this.#random();
    if (random < 0.05) return Buffer.from(Array.from({ length: 200 }, () => this.#random() * 256));
    if (random < 0.08) {
      const depth = 100 * 10 ** Math.floor(this.#random() * 3);
      return '['.repeat(depth) + ']'.repeat(this.#random() < 0.5 ? depth : 0);
    }
    const message =
      random < 0.2 ? this.#value(3) : random < 0.3 ? this.#batch() : this.#message(this.#random());
    const text = JSON.stringify(message) ?? 'undefined';
    if (this.#random() < 0.1) return text.slice(0, Math.floor(this.#random() * text.length));
    if (this.#random() < 0.05) return text.replace(/"params":\{/, '"params":{"__proto__":{"x":1},');
    return text;
  }

  #batch(): unknown[] {
    return Array.from({ length: Math.floor(this.#random() * 5) }, () => this.#message(1));
  }

  #message(oddness: number): Record<string, unknown> {
    const odd = <T>(right: T, chance: number) =>
      oddness < chance && this.#random() < 0.4 ? this.#value(1) : right;
    return {
      jsonrpc: odd('2.0', 0.3),
      id: odd(Math.floor(this.#random() * 1000), 0.5),
      method: odd(this.#pick(methods), 0.5),
      params: this.#random() < 0.8 ? this.#params() : this.#value(3),
    };
  }

  #params(): Record<string, unknown> {
    const modern = {
      'io.modelcontextprotocol/protocolVersion':
        this.#random() < 0.7 ? '2026-07-28' : this.#value(1),
      'io.modelcontextprotocol/clientInfo': { name: 'fuzz', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': this.#random() < 0.7 ? {} : this.#value(2),
    };
    return {
      name: this.#pick(words),
      uri: this.#pick(words),
      arguments: this.#value(3),
      ...(this.#random() < 0.2 && { _meta: modern }),
    };
  }

  #value(depth: number): unknown {
    const leaves: (() => unknown)[] = [
      () => null,
      () => this.#random() < 0.5,
      () => this.#pick([0, -1, 1.5, 1e308, Number.MAX_SAFE_INTEGER, -0]),
      () => this.#pick(words),
      () => '\u0000\uD800\u202E'.repeat(3),
      () => 'x'.repeat(Math.floor(this.#random() * 5000)),
      () => '',
    ];
    if (depth === 0 || this.#random() < 0.4) return this.#pick(leaves)();
    const size = Math.floor(this.#random() * 4);
    if (this.#random() < 0.4) return Array.from({ length: size }, () => this.#value(depth - 1));
    return Object.fromEntries(
      Array.from({ length: size }, () => [this.#pick(words), this.#value(depth - 1)]),
    );
  }
}
