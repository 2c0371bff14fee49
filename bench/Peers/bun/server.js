// Bun's server with its own publish and subscribe; the bare dialect of bench/README.md.
const port = Number(process.argv[2]);
const publishPath = '/publish/';

const server = Bun.serve({
  hostname: '127.0.0.1',
  port,
  async fetch(request, server) {
    if (server.upgrade(request)) return;
    const path = new URL(request.url).pathname;
    if (request.method !== 'POST' || !path.startsWith(publishPath)) return new Response('', { status: 404 });
    server.publish(path.slice(publishPath.length), await request.text());
    return new Response('{}');
  },
  websocket: {
    perMessageDeflate: false,
    maxPayloadLength: 64 * 1024,
    backpressureLimit: 1024 * 1024,
    closeOnBackpressureLimit: true,
    idleTimeout: 32, // pings every 24 seconds
    message(ws, message) {
      switch (message[0]) {
        case 's':
          for (const channel of message.slice(1).split('\n')) ws.subscribe(channel);
          ws.send('s');
          break;
        case 'p': {
          const end = message.indexOf('\n');
          server.publish(message.slice(1, end), message.slice(end + 1));
          break;
        }
        case 'e':
          ws.send(message.slice(1));
          break;
      }
    },
  },
});
