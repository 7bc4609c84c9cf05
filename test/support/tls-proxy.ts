import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A private authority, and the certificate that it issued. */
export const certificates = join(import.meta.dirname, 'certificates');
const pem = (name: string) => readFileSync(join(certificates, name));

/** TLS before a service, as a reverse proxy has it, until the test ends; returns its address. */
export async function overTls(serviceUrl: string): Promise<string> {
  const proxy = createServer(
    { key: pem('service.key'), cert: pem('service.pem') },
    (request, response) => {
      const { method, url: path, headers } = request;
      const target = new URL(path!, serviceUrl);
      const forwarded = httpRequest(target, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
      });
      response.once('close', () => forwarded.destroy());
      forwarded.once('error', () => response.destroy());
      request.pipe(forwarded);
    },
  );
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => {
    proxy.close();
    proxy.closeAllConnections();
  });
  return `https://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}
