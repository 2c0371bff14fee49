// Puts the parts together: settings, the connection, the chat, the console, the frames.
import { attachChat, chatChannel, startChat } from './chat.js';
import { codecs, openConnection } from './connection.js';
import { attachConsole, startConsole, subscribe } from './console.js';
import { byId } from './dom.js';
import { startFrames } from './frames.js';

const settings = await (await fetch('/dev/settings.json')).json();
let client = null;

// A window keeps its name over reloads; another window has another one.
byId('user').value = sessionStorage.getItem('user') ?? `guest-${crypto.getRandomValues(new Uint16Array(1))[0] % 9000 + 1000}`;
byId('version').textContent = settings.version;
byId('curl').textContent = curl();
byId('curl-copy').addEventListener('click', () => navigator.clipboard.writeText(curl()));
byId('connection-form').addEventListener('submit', (event) => { event.preventDefault(); connect(); });
byId('connection-form').addEventListener('change', showFields);
byId('disconnect').addEventListener('click', () => client?.disconnect());

startFrames();
startChat();
startConsole(() => byId('user').value);
showFields();
await connect();

async function connect() {
  sessionStorage.setItem('user', byId('user').value);
  client?.disconnect();
  const protocol = choice('protocol');
  const codec = codecs[protocol];
  const opened = await openConnection(settings.webSocketPath, protocol, credentials());
  opened.on('state', ({ newState }) => showState(opened, newState));
  opened.on('connected', (context) => { byId('client').textContent = `${context.client} over ${context.transport}`; });
  client = opened;
  const before = attachConsole(opened, codec);
  attachChat(subscribe(chatChannel), codec);
  before.forEach((channel) => subscribe(channel));
  opened.connect();
}

function credentials() {
  switch (choice('credentials')) {
    case 'user': return { user: byId('user').value };
    case 'paste': return { token: byId('token').value.trim() };
    default: return {};
  }
}

function showState(of, state) {
  if (of !== client) return;
  byId('state').textContent = state;
  byId('state').dataset.state = state;
  byId('disconnect').disabled = state === 'disconnected';
  if (state !== 'connected') byId('client').textContent = '';
}

function showFields() {
  byId('user-field').hidden = choice('credentials') !== 'user';
  byId('token-field').hidden = choice('credentials') !== 'paste';
}

function choice(name) {
  return document.querySelector(`input[name="${name}"]:checked`).value;
}

function curl() {
  const key = settings.apiKey ? ` \\\n  -H 'X-API-Key: ${settings.apiKey}'` : '';
  const body = JSON.stringify({ channel: chatChannel, data: { text: 'hello from curl' } });
  return `curl ${location.origin}/api/publish${key} \\\n  -H 'Content-Type: application/json' \\\n  -d '${body}'`;
}
