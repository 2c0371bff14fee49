export { createClient, transportOf, type ClientOptions } from './create-client.js';
export { LongPollSocket, type LongPollOptions } from './long-poll-socket.js';
export type { Transport } from './transports.js';
