// Node.js with ws, which has no channels: a Map of Sets, as its users write it; the bare dialect of bench/README.md.
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const port = Number(process.argv[2]);
const publishPath = '/publish/';
const pingInterval = 25_000;
const maxQueuedBytes = 1024 * 1024;
const subscribe = 's'.charCodeAt(0);
const publish = 'p'.charCodeAt(0);
const echo = 'e'.charCodeAt(0);

const channels = new Map();

function publishTo(channel, payload) {
  const subscribers = channels.get(channel);
  if (!subscribers) return;
  for (const ws of subscribers) {
    if (ws.bufferedAmount > maxQueuedBytes) ws.terminate();
    else ws.send(payload, { binary: false });
  }
}

const server = createServer((request, response) => {
  if (request.method !== 'POST' || !request.url.startsWith(publishPath)) {
    response.writeHead(404).end();
    return;
  }
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    publishTo(request.url.slice(publishPath.length), Buffer.concat(chunks));
    response.end('{}');
  });
});

const sockets = new WebSocketServer({ server, perMessageDeflate: false, maxPayload: 64 * 1024 });
sockets.on('connection', (ws) => {
  const subscribed = [];
  ws.isAlive = true;
  ws.on('pong', () => { ws.isAlive = true; });
  ws.on('error', () => {});
  ws.on('close', () => {
    for (const channel of subscribed) {
      const subscribers = channels.get(channel);
      subscribers.delete(ws);
      if (subscribers.size === 0) channels.delete(channel);
    }
  });
  ws.on('message', (message) => {
    switch (message[0]) {
      case subscribe:
        for (const channel of message.toString('latin1', 1).split('\n')) {
          let subscribers = channels.get(channel);
          if (!subscribers) channels.set(channel, (subscribers = new Set()));
          subscribers.add(ws);
          subscribed.push(channel);
        }
        ws.send('s');
        break;
      case publish: {
        const end = message.indexOf(10);
        publishTo(message.toString('latin1', 1, end), message.subarray(end + 1));
        break;
      }
      case echo:
        ws.send(message.subarray(1), { binary: false });
        break;
    }
  });
});

// The heartbeat of its documentation.
setInterval(() => {
  for (const ws of sockets.clients) {
    if (!ws.isAlive) {
      ws.terminate();
      continue;
    }
    ws.isAlive = false;
    ws.ping();
  }
}, pingInterval);

server.listen(port, '127.0.0.1');
