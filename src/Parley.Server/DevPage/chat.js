// The chat box: one channel, its history, who is there.
import { appendCapped, byId, element, time } from './dom.js';

export const chatChannel = 'chat';
const most = 200;
const remembered = 50;
let current = null;

export function startChat() {
  byId('chat-form').addEventListener('submit', async (event) => {
    event.preventDefault();
    const text = byId('chat-text').value.trim();
    if (text === '' || current === null) return;
    try {
      await current.subscription.publish(current.codec.encode({ text }));
      byId('chat-text').value = '';
    } catch (error) {
      note(`not sent: ${error.message ?? 'refused'}`);
    }
  });
}

export function attachChat(subscription, codec) {
  const mine = { subscription, codec, present: new Map(), client: null };
  current = mine;
  subscription.on('publication', (publication) => show(mine, publication));
  subscription.on('join', ({ info }) => { mine.present.set(info.client, info.user); note(`${info.user || 'somebody'} came in`); showPresent(mine); });
  subscription.on('leave', ({ info }) => { mine.present.delete(info.client); note(`${info.user || 'somebody'} left`); showPresent(mine); });
  subscription.on('subscribed', (context) => welcome(mine, context));
  subscription.on('unsubscribed', () => { mine.present.clear(); showPresent(mine); });
}

async function welcome(mine, context) {
  if (context.wasRecovering && !context.recovered) note('some messages were missed and are gone');
  try {
    const presence = await mine.subscription.presence();
    mine.present = new Map(Object.values(presence.clients).map((info) => [info.client, info.user]));
    showPresent(mine);
  } catch { /* A namespace without presence: the count stays at what join and leave say. */ }
  if (context.recovered) return;
  try {
    const history = await mine.subscription.history({ limit: remembered, reverse: true });
    byId('chat-messages').replaceChildren();
    for (const publication of history.publications.reverse()) show(mine, publication);
  } catch { /* A namespace without history: the chat begins here. */ }
}

function show(mine, publication) {
  const data = mine.codec.decode(publication.data);
  const who = publication.info?.user || (publication.info ? 'guest' : 'server');
  const item = element('li', { className: publication.info?.user === byId('user').value ? 'own' : '' },
    element('span', { className: 'who', textContent: who }),
    element('span', { textContent: typeof data?.text === 'string' ? data.text : JSON.stringify(data) }));
  appendCapped(byId('chat-messages'), item, most);
}

function note(text) {
  appendCapped(byId('chat-messages'), element('li', { className: 'note' }, time(), text), most);
}

function showPresent(mine) {
  byId('chat-present').textContent = `${mine.present.size} here`;
  byId('chat-present').title = [...mine.present.values()].join(', ');
}
