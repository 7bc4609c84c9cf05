import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A network between a client and the service, which can fail. */
export class NetworkProxy {
  readonly #server = createServer((client) => this.#forward(client));
  readonly #connections = new Map<Socket, Socket>();
  readonly #frozen: Socket[] = [];
  readonly #port: number;
  #isDown = false;

  private constructor(port: number) {
    this.#port = port;
  }

  /** @param url the address of the service */
  static async before(url: string): Promise<NetworkProxy> {
    const proxy = new NetworkProxy(Number(new URL(url).port));
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /**
   * The client loses its connections as after a sleep, and the service does not notice: on its side they stay
   * open. Nobody can connect until `restore`.
   */
  freeze(): void {
    this.#isDown = true;
    for (const [client, service] of this.#connections) {
      client.unpipe(service);
      service.unpipe(client).pause();
      this.#frozen.push(service);
      client.destroy();
    }
    this.#connections.clear();
  }

  restore(): void {
    this.#isDown = false;
  }

  async close(): Promise<void> {
    for (const socket of [...this.#connections.keys(), ...this.#frozen]) socket.destroy();
    this.#server.close();
  }

  #forward(client: Socket): void {
    client.on('error', () => {});
    if (this.#isDown) return void client.destroy();
    const service = connect(this.#port, '127.0.0.1');
    service.on('error', () => client.destroy());
    this.#connections.set(client, service);
    client.once('close', () => {
      // one that was frozen is no longer in the list
      if (this.#connections.delete(client)) service.destroy();
    });
    service.once('close', () => client.destroy());
    client.pipe(service).pipe(client);
  }
}
