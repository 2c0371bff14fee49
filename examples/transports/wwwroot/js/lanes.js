// How each lane gets the events.
import { countingEventSource, countingFetch, countingWebSocket } from './counting.js';

const channel = 'demo:events';

export const lanes = [
  { name: 'WebSocket', start: byTransport('websocket') },
  { name: 'HTTP stream', start: byTransport('http_stream') },
  { name: 'Server-sent events', start: byTransport('sse') },
  { name: 'Long polling', start: byTransport('long_poll') },
  { name: 'Plain polling', start: byPlainPolling },
];

function byTransport(transport) {
  return (figures, tell) => {
    const client = Parley.createClient(undefined, {
      transports: [transport],
      websocket: countingWebSocket(figures),
      fetch: countingFetch(figures),
      eventsource: countingEventSource(figures),
    });
    client.on('connecting', ({ reason }) => tell(`connecting: ${reason}`));
    client.on('connected', () => tell(`connected by ${Parley.transportOf(client)}`));
    client.on('disconnected', ({ reason }) => tell(`disconnected: ${reason}`));
    client.newSubscription(channel).on('publication', ({ data }) => figures.take(data)).subscribe();
    client.connect();
  };
}

function byPlainPolling(figures, tell) {
  const get = countingFetch(figures);
  let position = '';
  const ask = async () => {
    try {
      const { offset, epoch, events } = await (await get(`/poll${position}`)).json();
      position = `?offset=${offset}&epoch=${encodeURIComponent(epoch)}`;
      events.forEach(event => figures.take(event));
      tell('asks every two seconds');
    } catch {
      position = '';
      tell('no answer');
    }
    setTimeout(ask, 2000);
  };
  ask();
}
