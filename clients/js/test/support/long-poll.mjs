import { LongPollSocket } from '../../dist/esm/index.js';
import { fakeEnvironment } from './environment.mjs';

export const session = { 'Parley-Session': 's', 'Parley-Node': 'n' };

/** A socket before a scripted server, and what it told. */
export function startSocket(protocol, changes) {
  const environment = fakeEnvironment(changes);
  const socket = new LongPollSocket('https://example.com/connection/long_poll', protocol, { environment });
  const events = [];
  socket.onopen = () => events.push('open');
  socket.onmessage = event => events.push(event.data);
  socket.onerror = () => events.push('error');
  socket.onclose = ({ code, reason, wasClean }) => events.push({ code, reason, wasClean });
  return { ...environment, environment, socket, events };
}

/** One whose first request was answered. */
export async function openSocket(protocol, changes) {
  const started = startSocket(protocol, changes);
  await (await started.server.next()).answer(204);
  return started;
}

/** One that has a session, and whose first poll is held. */
export async function openSession(protocol, changes) {
  const opened = await openSocket(protocol, changes);
  opened.socket.send(protocol ? new Uint8Array([1, 9]) : 'connect');
  const opening = await opened.server.next();
  await opening.answer(200, { ...session, 'Parley-Batch': '1' }, protocol ? new Uint8Array([1, 8]) : 'connected');
  opened.events.length = 0;
  return { ...opened, opening, poll: await opened.server.next() };
}
