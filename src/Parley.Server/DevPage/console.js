// Channels, publish, presence, history, and the log of events and answers.
import { appendCapped, button, byId, element, time } from './dom.js';
import { requestToken } from './connection.js';

const most = 300;
const optionsByChannel = new Map();
let session = null;

export function startConsole(getUser) {
  byId('events-clear').addEventListener('click', () => byId('events').replaceChildren());
  byId('subscribe-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const channel = byId('subscribe-channel').value.trim();
    if (channel === '' || session === null) return;
    const options = byId('subscribe-token').checked ? { getToken: () => requestToken(getUser(), channel) } : {};
    attempt(`subscribe ${channel}`, () => subscribe(channel, options));
  });
  byId('publish-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const channel = byId('publish-channel').value;
    if (channel !== '' && session !== null)
      attempt(`publish ${channel}`, () => session.client.publish(channel, session.codec.encode(JSON.parse(byId('publish-data').value))));
  });
}

// Begins with a new connection, and answers which channels the one before was subscribed to.
export function attachConsole(client, codec) {
  const channels = session === null ? [] : Object.values(session.client.subscriptions())
    .filter((subscription) => subscription.state !== 'unsubscribed').map((subscription) => subscription.channel);
  session = { client, codec };
  client.on('error', (context) => log('error', context.error, true));
  client.on('disconnected', (context) => log('disconnected', { code: context.code, reason: context.reason }, context.code !== 0));
  return channels;
}

export function subscribe(channel, options = optionsByChannel.get(channel) ?? {}) {
  optionsByChannel.set(channel, options);
  const known = session.client.getSubscription(channel);
  if (known !== null) {
    known.subscribe();
    return known;
  }

  const { codec } = session;
  const subscription = session.client.newSubscription(channel, { joinLeave: true, ...options });
  subscription.on('publication', (context) => log(`publication ${channel}`, { ...plain(context, 'channel', 'type'), data: codec.decode(context.data), info: info(context.info, codec) }));
  subscription.on('join', (context) => log(`join ${channel}`, info(context.info, codec)));
  subscription.on('leave', (context) => log(`leave ${channel}`, info(context.info, codec)));
  subscription.on('error', (context) => log(`error ${channel}`, context.error, true));
  subscription.on('unsubscribed', (context) => log(`unsubscribed ${channel}`, { code: context.code, reason: context.reason }, context.code !== 0));
  subscription.on('subscribed', (context) => log(`subscribed ${channel}`, {
    recoverable: context.recoverable, positioned: context.positioned, wasRecovering: context.wasRecovering, recovered: context.recovered, streamPosition: context.streamPosition,
  }));
  subscription.on('state', showChannels);
  subscription.subscribe();
  showChannels();
  return subscription;
}

function showChannels() {
  const subscriptions = Object.values(session.client.subscriptions());
  byId('channels').replaceChildren(...subscriptions.map(channelRow));
  const chosen = byId('publish-channel').value;
  byId('publish-channel').replaceChildren(...subscriptions.map(({ channel }) => element('option', { textContent: channel, selected: channel === chosen })));
}

function channelRow(subscription) {
  const { channel } = subscription;
  const { codec } = session;
  return element('li', {},
    element('code', { className: 'name', textContent: channel }),
    element('span', { className: 'badge', textContent: subscription.state }),
    button('Presence', () => attempt(`presence ${channel}`, async () =>
      Object.values((await subscription.presence()).clients).map((client) => info(client, codec)))),
    button('History', () => attempt(`history ${channel}`, async () => {
      const history = await subscription.history({ limit: 20, reverse: true });
      return { ...history, publications: history.publications.map((publication) => ({ offset: publication.offset, data: codec.decode(publication.data) })) };
    })),
    subscription.state === 'unsubscribed'
      ? button('Subscribe', () => subscription.subscribe())
      : button('Unsubscribe', () => subscription.unsubscribe()));
}

async function attempt(label, action) {
  try {
    const answer = await action();
    if (answer !== undefined && !answer?.channel) log(label, answer);
  } catch (error) {
    log(label, error instanceof Error ? error.message : error, true);
  }
}

function log(label, detail, isBad = false) {
  const item = element('li', {}, time(), element('span', { className: isBad ? 'label bad' : 'label', textContent: label }));
  const text = typeof detail === 'string' ? detail : JSON.stringify(detail, null, 1);
  if (text !== undefined && text !== '{}') item.append(element('pre', { textContent: text }));
  appendCapped(byId('events'), item, most);
}

const plain = (context, ...without) => Object.fromEntries(Object.entries(context).filter(([key, value]) => !without.includes(key) && value !== undefined));

const info = (client, codec) => client && plain({
  client: client.client, user: client.user,
  connInfo: client.connInfo && codec.decode(client.connInfo), chanInfo: client.chanInfo && codec.decode(client.chanInfo),
});
