import { Centrifuge, type Options } from 'centrifuge';
import { here, type Environment } from './environment.js';
import { LongPollSocket } from './long-poll-socket.js';
import { NetworkWatch } from './network-watch.js';
import { TransportMemory } from './transport-memory.js';
import { addressesOf, allTransports, type Transport } from './transports.js';

/** Options of {@link createClient}: those of the official SDK, and a few more. */
export interface ClientOptions extends Partial<Options> {
  /** Which transports are tried, in this order. Default: WebSocket, HTTP stream, server-sent events, long polling. */
  transports?: readonly Transport[];
  /** Path before the transports' names, as given to the server's `MapParley`. Default `/connection`. */
  prefix?: string;
  /** Milliseconds for which a fallback that worked goes first on the same network. 0: not at all. Default 600,000 (10 minutes). */
  rememberFor?: number;
  /** Whether long polls to another origin carry cookies, as of `fetch`. Default `same-origin`. */
  credentials?: RequestCredentials;
  /** Class of the SDK: that of `centrifuge/build/protobuf` makes messages Protobuf. Default: that of `centrifuge`, JSON. */
  sdk?: new (endpoint: string, options?: Partial<Options>) => Centrifuge;
}

const used = new WeakMap<object, () => Transport | undefined>();

/** The transport that a client of {@link createClient} is connected by, or was last; undefined before the first. */
export function transportOf(client: Centrifuge): Transport | undefined {
  return used.get(client)?.();
}

/**
 * Makes a client of the official SDK that reaches a Parley server wherever it is: by WebSocket, or what else gets through.
 * @param url Address of the server, as `https://example.com`; default: where the page came from.
 * @returns A client that is not connected yet: subscribe, and call `connect()`.
 * @throws TypeError for an address that is none; Error for a transport that does not exist.
 */
export function createClient(url?: string, options: ClientOptions = {}): Centrifuge {
  return createClientIn(here, url, options);
}

/** @internal With an environment that tests own. */
export function createClientIn(environment: Environment, url: string | undefined, options: ClientOptions): Centrifuge {
  const {
    transports = allTransports, prefix = '/connection', rememberFor = 600_000, credentials = 'same-origin', sdk = Centrifuge, ...passed
  } = options;
  const addresses = addressesOf(url, prefix, environment.location);
  const memory = new TransportMemory(environment, `${addresses.server}${prefix}`, rememberFor);
  const order = inOrder(transports, memory.get());
  const polling = addresses.of('long_poll');
  const own: Environment = options.fetch ? Object.create(environment, { fetch: { value: options.fetch } }) : environment;
  let isPolling = false;
  let isFirst = true;
  let last: Transport | undefined;

  // The SDK knows one kind of socket, and gives it the address of the transport that it tries.
  function Socket(address: string, protocol?: string): unknown {
    isPolling = address === polling;
    if (isPolling) return new LongPollSocket(address, protocol, { credentials, environment: own });
    const WebSocket = (options.websocket ?? environment.WebSocket) as (new (...args: unknown[]) => unknown) | undefined;
    if (!WebSocket) throw new Error('There is no WebSocket here: give one by the option websocket.');
    return protocol ? new WebSocket(address, protocol) : new WebSocket(address);
  }

  const endpoints = order.map(transport => ({
    transport: transport === 'long_poll' ? 'websocket' : transport,
    endpoint: addresses.of(transport),
  }));
  const watch = new NetworkWatch(environment, async (): Promise<boolean> => {
    if (client.state !== Centrifuge.State.Connected) return true;
    // Whatever it says to it: an answer shows that the connection lives.
    return client.presenceStats('ping').then(() => true, (error: { code?: number }) => error?.code !== timeout);
  });
  const client: Centrifuge = new sdk(endpoints as unknown as string, {
    emulationEndpoint: addresses.emulation,
    networkEventTarget: watch as unknown as EventTarget,
    ...passed,
    websocket: Socket,
  });

  client.on('connected', ({ transport }) => {
    last = transport === 'websocket' && isPolling ? 'long_poll' : transport as Transport;
    if (last === transports[0]) memory.clear();
    // One that came back by what it had, or by what was remembered, has not tried the better ones.
    else if (isFirst && (order === transports || last !== order[0])) memory.set(last);
    isFirst = false;
  });
  used.set(client, () => last);
  return client;
}

/** Code of the SDK's error for a command without an answer. */
const timeout = 1;

function inOrder(transports: readonly Transport[], first: Transport | undefined): readonly Transport[] {
  const unknown = transports.find(transport => !allTransports.includes(transport));
  if (unknown !== undefined || !transports.length) throw new Error(`Not a transport: ${unknown}. There are ${allTransports.join(', ')}.`);
  return first !== undefined && transports.includes(first) ? [first, ...transports.filter(transport => transport !== first)] : transports;
}
