// Lets the tests drive the official SDK. Each line of input is an order, each line of output its answer, an event of the SDK, or a
// question of the SDK. Payloads are JSON in both formats: the Protobuf clients carry its bytes.
import { createInterface } from 'node:readline';
import { makeClient, transportOf, WebSocket } from './ways.mjs';

const clients = new Map();
const questions = new Map();
let lastQuestion = 0;

function say(value) {
  process.stdout.write(JSON.stringify(value, function (key, shown) {
    const raw = this[key];
    return raw instanceof Uint8Array ? valueOf(raw) : shown;
  }) + '\n');
}

// In Protobuf a payload that is not there is an empty one.
function valueOf(payload) {
  return payload.length === 0 ? undefined : JSON.parse(new TextDecoder().decode(payload));
}

function ask(about) {
  const question = ++lastQuestion;
  say({ ...about, question });
  return new Promise(resolve => questions.set(question, resolve));
}

// A token of null tells the SDK that the user is no longer welcome.
function answer({ question, token }) {
  questions.get(question)(token);
  questions.delete(question);
}

// Counts the commands of each WebSocket message: lines of JSON, or length-prefixed Protobuf messages.
function countCommands(message) {
  if (typeof message === 'string') return message.split('\n').length;
  let count = 0;
  for (let position = 0; position < message.length; count++) {
    let length = 0;
    for (let shift = 0, more = true; more; shift += 7) {
      const byte = message[position++];
      length += (byte & 0x7f) << shift;
      more = byte >= 0x80;
    }
    position += length;
  }
  return count;
}

const clientEvents = ['connecting', 'connected', 'disconnected', 'error', 'message',
  'subscribing', 'subscribed', 'unsubscribed', 'publication', 'join', 'leave'];
const subscriptionEvents = ['subscribing', 'subscribed', 'unsubscribed', 'error', 'publication', 'join', 'leave'];

function forward(emitter, names, about) {
  for (const name of names) emitter.on(name, context => say({ ...about, event: name, context }));
}

const orders = {
  open({ client, address, transports, format, asksForToken, ...options }) {
    const sentCommands = [];
    class RecordingWebSocket extends WebSocket {
      send(message, ...rest) {
        sentCommands.push(countCommands(message));
        super.send(message, ...rest);
      }
    }
    if (asksForToken) options.getToken = () => ask({ client, event: 'token' });
    const sdk = makeClient({ address, transports, format }, { websocket: RecordingWebSocket, ...options });
    forward(sdk, clientEvents.filter(name => name !== 'connected'), { client });
    // The SDK takes long polling for a WebSocket.
    sdk.on('connected', context => say({ client, event: 'connected', context: { ...context, transport: transportOf(sdk) ?? context.transport } }));
    clients.set(client, { sdk, isBinary: format === 'protobuf', sentCommands });
  },
  close({ client }) {
    clients.get(client).sdk.disconnect();
    clients.delete(client);
  },
  connect: ({ client }) => void clients.get(client).sdk.connect(),
  disconnect: ({ client }) => void clients.get(client).sdk.disconnect(),
  sentCommands: ({ client }) => clients.get(client).sentCommands,
  state: ({ client }) => clients.get(client).sdk.state,

  open_subscription({ client, channel, asksForToken, ...options }) {
    if (asksForToken) options.getToken = () => ask({ client, channel, event: 'token' });
    forward(clients.get(client).sdk.newSubscription(channel, options), subscriptionEvents, { client, channel });
  },
  subscribe: ({ client, channel }) => void subscription(client, channel).subscribe(),
  unsubscribe: ({ client, channel }) => void subscription(client, channel).unsubscribe(),

  publish: ({ client, channel, data }) => clients.get(client).sdk.publish(channel, payload(client, data)),
  send: ({ client, data }) => clients.get(client).sdk.send(payload(client, data)),
  rpc: ({ client, method, data }) => clients.get(client).sdk.rpc(method, payload(client, data)),
  presence: ({ client, channel }) => clients.get(client).sdk.presence(channel),
  presenceStats: ({ client, channel }) => clients.get(client).sdk.presenceStats(channel),
  history: ({ client, channel, ...options }) => clients.get(client).sdk.history(channel, options),
};

function subscription(client, channel) {
  return clients.get(client).sdk.getSubscription(channel);
}

function payload(client, data) {
  return clients.get(client).isBinary ? new TextEncoder().encode(JSON.stringify(data)) : data;
}

async function obey({ id, order, ...parameters }) {
  try {
    say({ id, result: (await orders[order](parameters)) ?? null });
  } catch (error) {
    // The SDK rejects with plain objects; anything else is a mistake in a test.
    say({ id, error: { code: error.code ?? -1, message: error.message ?? String(error), temporary: error.temporary ?? false } });
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  if (message.question) answer(message);
  else obey(message);
}
process.exit(0);
