// µWebSockets.js with its own publish and subscribe; the bare dialect of bench/README.md.
import uWS from '@btc-vision/uwebsockets.js';

const port = Number(process.argv[2]);
const subscribe = 's'.charCodeAt(0);
const publish = 'p'.charCodeAt(0);
const echo = 'e'.charCodeAt(0);

const app = uWS.App();
app.ws('/*', {
  compression: uWS.DISABLED,
  maxPayloadLength: 64 * 1024,
  maxBackpressure: 1024 * 1024,
  closeOnBackpressureLimit: true,
  idleTimeout: 32, // pings every 24 seconds
  message(ws, message) {
    const bytes = Buffer.from(message);
    switch (bytes[0]) {
      case subscribe:
        for (const channel of bytes.latin1Slice(1).split('\n')) ws.subscribe(channel);
        ws.send('s');
        break;
      case publish: {
        const end = bytes.indexOf(10);
        app.publish(bytes.latin1Slice(1, end), bytes.subarray(end + 1));
        break;
      }
      case echo:
        ws.send(bytes.subarray(1));
        break;
    }
  },
});
app.post('/publish/:channel', (response, request) => {
  const channel = request.getParameter(0);
  let body = Buffer.alloc(0);
  response.onAborted(() => {});
  response.onData((chunk, isLast) => {
    body = Buffer.concat([body, Buffer.from(chunk)]);
    if (!isLast) return;
    app.publish(channel, body);
    response.end('{}');
  });
});
app.listen('127.0.0.1', port, (socket) => {
  if (!socket) process.exit(1);
});
