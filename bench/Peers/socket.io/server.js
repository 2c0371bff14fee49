// Socket.IO with rooms, over WebSocket alone.
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const port = Number(process.argv[2]);
const publishPath = '/publish/';

const server = createServer();
const io = new Server(server, { transports: ['websocket'], serveClient: false, maxHttpBufferSize: 64 * 1024 });

// Socket.IO takes its own path and leaves the rest.
server.on('request', (request, response) => {
  if (request.method !== 'POST' || !request.url.startsWith(publishPath)) {
    response.writeHead(404).end();
    return;
  }
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    io.to(request.url.slice(publishPath.length)).emit('message', JSON.parse(Buffer.concat(chunks).toString()));
    response.end('{}');
  });
});

// As its documentation advises where requests are not needed any more: saves memory.
io.engine.on('connection', (connection) => { connection.request = null; });

io.on('connection', (socket) => {
  socket.on('subscribe', (channels, done) => {
    socket.join(channels);
    done();
  });
  socket.on('publish', (channel, data) => io.to(channel).emit('message', data));
  socket.on('echo', (data, reply) => reply(data));
});

server.listen(port, '127.0.0.1');
