/** A way to the server. */
export type Transport = 'websocket' | 'http_stream' | 'sse' | 'long_poll';

/** The order in which they are tried: the cheapest for both sides first. */
export const allTransports: readonly Transport[] = ['websocket', 'http_stream', 'sse', 'long_poll'];

/** Where a server's transports are. */
export interface Addresses {
  /** Scheme, host, port and path of the server. */
  server: string;
  emulation: string;
  of(transport: Transport): string;
}

/**
 * Derives the addresses of all transports from that of a server.
 * @param url `https://example.com`, `wss://example.com/base`, or a path of the page's own server; undefined: that server.
 * @param prefix Path before the transports' names.
 * @param page Address of the page.
 * @throws TypeError when there is no page to complete the address with, or it is no address of this kind.
 */
export function addressesOf(url: string | undefined, prefix: string, page: string | undefined): Addresses {
  const base = new URL(url ?? '/', page);
  base.protocol = base.protocol.replace(/^ws/, 'http');
  if (!/^https?:$/.test(base.protocol)) throw new TypeError(`Not an address of a server: ${url ?? page}`);
  base.search = base.hash = '';
  const server = base.href.replace(/\/+$/, '');
  return {
    server,
    emulation: `${server}/emulation`,
    of: transport => {
      const address = `${server}/${prefix.replace(/^\/+|\/+$/g, '')}/${transport}`;
      return transport === 'websocket' ? address.replace(/^http/, 'ws') : address;
    },
  };
}
