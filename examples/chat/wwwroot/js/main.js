// Puts the parts together: one connection, one room at a time, and the views they fill.
import { startComposer } from './composer.js';
import { openConnection } from './connection.js';
import { byId } from './dom.js';
import { Network } from './network.js';
import { Room } from './room.js';

const me = document.body.dataset.user;
const network = new Network(byId('network'));
const client = openConnection(network, me);
let room = null;

startComposer({
  send: (text, key) => room.post(text, key, network),
  typing: () => room.announceTyping(),
});
window.addEventListener('hashchange', enterRoom);
enterRoom();
client.connect();

// The room is in the address (#garden), so reload, bookmarks and the back button work.
function enterRoom() {
  const links = [...document.querySelectorAll('#rooms a')];
  const link = links.find((candidate) => candidate.hash === location.hash) ?? links[0];
  for (const other of links) other.ariaCurrent = other === link ? 'page' : null;
  byId('room-name').textContent = link.textContent;
  byId('room-topic').textContent = link.dataset.topic;
  document.title = `${link.textContent} · Parley Chat`;

  room?.leave();
  room = new Room(client, link.dataset.room, me);
  room.enter();
}
