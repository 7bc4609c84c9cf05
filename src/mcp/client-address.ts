import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { DeedboxError } from '../errors/errors.ts';

const family = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** `::ffff:10.0.0.1` is 10.0.0.1 as a socket for both families tells it. */
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
 * Tells from which address a request comes. Behind proxies that are trusted it is the last one in
 * X-Forwarded-For that is none of theirs; what stands before it anybody may have written.
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
