import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { DeedboxError } from '../errors/errors.ts';

const family = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** Without the prefix `::ffff:` that a socket for both families gives an IPv4 address. */
const normalizeAddress = (address: string) => address.replace(/^::ffff:(?=\d+\.)/i, '');

function parseProxyList(proxies: readonly string[]): BlockList {
  const list = new BlockList();
  for (const proxy of proxies) {
    const [address = '', bits, more] = proxy.split('/');
    const isValidProxy =
      isIP(address) > 0 && more === undefined && (bits === undefined || /^\d+$/.test(bits));
    const width = isIP(address) === 6 ? 128 : 32;
    if (!isValidProxy || Number(bits ?? width) > width) {
      throw new DeedboxError(
        'invalid_configuration',
        `DEEDBOX_TRUSTED_PROXIES: "${proxy}" is neither an address nor a network.`,
        { hint: 'For example 10.0.0.5 or 10.0.0.0/24, several with commas between.' },
      );
    }
    list.addSubnet(address, Number(bits ?? width), family(address));
  }
  return list;
}

/**
 * Finds the address from which a request comes. Behind trusted proxies it is the last one in
 * X-Forwarded-For that is not a trusted proxy: a client can forge all that stand before it.
 * @throws DeedboxError `invalid_configuration` for what is neither an address nor a network
 */
export function clientAddressResolver(
  proxies: readonly string[],
): (request: IncomingMessage) => string | undefined {
  const trusted = parseProxyList(proxies);
  const isTrusted = (address: string) =>
    isIP(address) > 0 && trusted.check(address, family(address));
  return (request) => {
    let address = normalizeAddress(request.socket.remoteAddress ?? '');
    const forwarded = [request.headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
    const hops = forwarded.map((hop) => normalizeAddress(hop.trim())).filter((hop) => hop !== '');
    while (isTrusted(address) && isIP(hops.at(-1) ?? '') > 0) address = hops.pop()!;
    return address === '' ? undefined : address;
  };
}

/** An IPv6 address without its last 64 bits, all of which one client has; an IPv4 address as it is. */
export function networkPrefix(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('%')[0]!.split('::');
  const [first, last] = [head, tail ?? ''].map((part) => (part === '' ? [] : part.split(':')));
  const zeros = tail === undefined ? 0 : 8 - first!.length - last!.length;
  const groups = [...first!, ...Array.from({ length: zeros }, () => '0'), ...last!];
  const network = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return network.join(':');
}
