// The connection: the official SDK, authenticated by the cookie that the browser sends along. A WebSocket where that works; where a
// proxy in between does not let it through, a stream, which the SDK finds out by itself.
import { showStatus } from './status.js';

export function openConnection(network, me) {
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
  const client = new Centrifuge([
    { transport: 'websocket', endpoint: `${scheme}//${location.host}/connection/websocket` },
    { transport: 'http_stream', endpoint: '/connection/http_stream' },
  ], { websocket: network.WebSocket, fetch: (...args) => network.fetch(...args), name: 'chat-example' });

  client.on('connecting', ({ code }) => {
    if (code === 0) showStatus('connecting', 'Connecting…');
    else showStatus('offline', network.isOffline ? 'You are offline' : 'Connection lost, reconnecting…');
  });
  client.on('connected', () => showStatus('online', 'Connected'));
  // Final: the server asked the client not to come back. That is how logging out in another window ends this one.
  client.on('disconnected', ({ reason }) => {
    showStatus('offline', `Disconnected: ${reason}`);
    location.assign('/login');
  });
  // A refused handshake looks like a broken network to a page, so ask whether the cookie is still good.
  client.on('error', async ({ type }) => {
    if (type === 'transport' && !network.isOffline && !(await isStillLoggedIn(me))) location.assign('/login');
  });
  return client;
}

async function isStillLoggedIn(me) {
  try {
    const response = await fetch('/api/me');
    return response.ok ? (await response.json()).name === me : response.status !== 401;
  } catch {
    return true; // the network again, the SDK goes on trying
  }
}
