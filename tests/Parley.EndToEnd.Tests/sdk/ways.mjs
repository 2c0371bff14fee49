// Makes clients of the official SDK, on each of its ways to a server.
import { Centrifuge } from 'centrifuge';
import { Centrifuge as ProtobufCentrifuge } from 'centrifuge/build/protobuf';
import { EventSource } from 'eventsource';
import WebSocket from 'ws';
// The package comes to this SDK as to any application's.
import { createClient, transportOf } from '../../../clients/js/dist/esm/index.js';

export { transportOf, WebSocket };

// One transport is the only one; of several the SDK takes the first that works.
export function makeClient({ address, transports, format }, options) {
  const Client = format === 'protobuf' ? ProtobufCentrifuge : Centrifuge;
  if (transports.includes('long_poll'))
    return createClient(address, { sdk: Client, transports, rememberFor: 0, websocket: WebSocket, eventsource: EventSource, ...options });

  const endpoints = transports.map(transport => ({ transport, endpoint: endpointOf(address, transport) }));
  // A WebSocket alone is named as most applications do it.
  const isWebSocketOnly = transports.length === 1 && transports[0] === 'websocket';
  return new Client(isWebSocketOnly ? endpoints[0].endpoint : endpoints, {
    websocket: WebSocket,
    eventsource: EventSource,
    fetch,
    readableStream: ReadableStream,
    emulationEndpoint: new URL('/emulation', address).href,
    ...options,
  });
}

function endpointOf(address, transport) {
  const url = new URL(`/connection/${transport}`, address);
  if (transport === 'websocket') url.protocol = url.protocol.replace('http', 'ws');
  return url.href;
}
