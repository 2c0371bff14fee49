// Connects, subscribes and disconnects many times as fast as the SDK can, at every stage of the way in turn.
import { makeClient } from './ways.mjs';

const { channel, cycles, ...way } = JSON.parse(process.argv[2]);
const reached = { connecting: 0, connected: 0, subscribed: 0, resubscribed: 0 };

function once(emitter, event) {
  return new Promise(resolve => emitter.once(event, resolve));
}

const stages = [
  async client => {
    const connecting = once(client, 'connecting');
    client.connect();
    await connecting;
    reached.connecting++;
  },
  async (client, subscription) => {
    const connected = once(client, 'connected');
    subscription.subscribe();
    client.connect();
    await connected;
    reached.connected++;
  },
  async (client, subscription) => {
    const subscribed = once(subscription, 'subscribed');
    subscription.subscribe();
    client.connect();
    await subscribed;
    reached.subscribed++;
  },
  async (client, subscription) => {
    const subscribed = once(subscription, 'subscribed');
    subscription.subscribe();
    client.connect();
    await subscribed;
    subscription.unsubscribe();
    const again = once(subscription, 'subscribed');
    subscription.subscribe();
    await again;
    reached.resubscribed++;
  },
];

for (let cycle = 0; cycle < cycles; cycle++) {
  const client = makeClient(way, {});
  const disconnected = once(client, 'disconnected');
  await stages[cycle % stages.length](client, client.newSubscription(channel));
  client.disconnect();
  await disconnected;
}
console.log(JSON.stringify(reached));
process.exit(0);
