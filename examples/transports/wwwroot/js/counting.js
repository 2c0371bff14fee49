// The browser's own means, counted.
const encoder = new TextEncoder();
const sizeOf = data => (typeof data === 'string' ? encoder.encode(data).length : data?.byteLength ?? 0);

export function countingFetch(figures) {
  return async (url, init) => {
    figures.requests++;
    figures.bytes += sizeOf(init?.body);
    const response = await fetch(url, init);
    if (!response.body || response.status === 204) return response; // a 204 may not be made anew with a body
    const counted = response.body.pipeThrough(new TransformStream({
      transform(chunk, controller) {
        figures.bytes += chunk.byteLength;
        controller.enqueue(chunk);
      },
    }));
    return new Response(counted, response);
  };
}

export function countingWebSocket(figures) {
  return class extends WebSocket {
    constructor(...args) {
      super(...args);
      figures.requests++;
      // With the header of a frame: 2 bytes up to 125, and 4 more of a mask from the client.
      this.addEventListener('message', event => { figures.bytes += sizeOf(event.data) + 2; });
    }

    send(data) {
      figures.bytes += sizeOf(data) + 6;
      super.send(data);
    }
  };
}

export function countingEventSource(figures) {
  return class extends EventSource {
    constructor(...args) {
      super(...args);
      figures.requests++;
      // "data: " and two line feeds.
      this.addEventListener('message', event => { figures.bytes += sizeOf(event.data) + 8; });
    }
  };
}
