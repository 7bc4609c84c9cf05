import { DeedboxError } from '../errors/errors.ts';

const loopbackHosts = ['127.0.0.1', '::1', 'localhost'];
const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];
const wildcardHosts = ['0.0.0.0', '::'];

function isLoopback(host: string): boolean {
  return loopbackHosts.includes(host);
}

/** An address as URLs have it. */
const urlHost = (host: string) => (host.includes(':') ? `[${host}]` : host);

/** Whether others than this machine use an address: through a proxy, where the service listens on loopback. */
const isOfOthers = (publicUrl: string | undefined) =>
  publicUrl !== undefined && !loopbackNames.includes(new URL(publicUrl).hostname);

/**
 * The address to listen on. One that others can reach, itself or by a public URL, requires credentials; one that
 * they reach itself requires a public URL.
 * @throws DeedboxError `invalid_configuration`, with what to set
 */
export function resolveBindAddress(options: {
  host: string;
  /** Whether a key or a token can be valid. */
  hasCredentials: boolean;
  publicUrl: string | undefined;
}): string {
  const { host, hasCredentials, publicUrl } = options;
  if (!hasCredentials && (!isLoopback(host) || isOfOthers(publicUrl))) {
    const reached = isLoopback(host) ? `serve ${publicUrl}` : `listen on ${host}`;
    throw new DeedboxError(
      'invalid_configuration',
      `Deedbox does not ${reached} without authentication: there is no valid key and no identity provider.`,
      {
        hint: 'Make a key with `deedbox key create`, or set DEEDBOX_OIDC_ISSUER; or set DEEDBOX_HOST to 127.0.0.1 and no DEEDBOX_PUBLIC_URL to serve this machine alone. See docs/access.md.',
      },
    );
  }
  if (isLoopback(host)) return host === 'localhost' ? '127.0.0.1' : host;
  if (publicUrl === undefined) {
    throw new DeedboxError(
      'invalid_configuration',
      `To listen on ${host}, Deedbox must know the address that clients use.`,
      {
        hint: 'Set DEEDBOX_PUBLIC_URL to it, for example https://deedbox.firm.example.',
      },
    );
  }
  return host;
}

/**
 * Host names that are allowed in Host and Origin. A page whose own name was made to resolve to this
 * machine (DNS rebinding) sends its own name.
 */
export function allowedHostNames(host: string, publicUrl: string | undefined): string[] {
  return [
    ...loopbackNames,
    ...(wildcardHosts.includes(host) || isLoopback(host) ? [] : [urlHost(host).toLowerCase()]),
    ...(publicUrl === undefined ? [] : [new URL(publicUrl).hostname]),
  ];
}

/** The service's own address, without a slash at the end. */
export function localUrl(host: string, port: number): string {
  const reachableHost = wildcardHosts.includes(host) ? '127.0.0.1' : host;
  return `http://${urlHost(reachableHost)}:${port}`;
}
