// A switch between this page and the network, to show what happens when a connection is lost: it cuts WebSocket and stream under the
// SDK, which is told nothing, as when a train enters a tunnel. (client.disconnect() would be the SDK leaving of its own will.)
export class Network {
  #isOffline = false;
  #open = new Set();
  #requests = new AbortController();

  constructor(button) {
    const network = this;
    // What the SDK is given in place of the browser's WebSocket.
    this.WebSocket = class extends WebSocket {
      constructor(...args) {
        if (network.#isOffline) return new UnreachableWebSocket();
        super(...args);
        network.#open.add(this);
        this.addEventListener('close', () => network.#open.delete(this));
      }
    };
    button.addEventListener('click', () => {
      this.#isOffline = !this.#isOffline;
      button.ariaPressed = this.#isOffline;
      button.textContent = this.#isOffline ? 'Go online' : 'Go offline';
      if (this.#isOffline) {
        this.#open.forEach((socket) => socket.close());
        this.#requests.abort();
        this.#requests = new AbortController();
      } else window.dispatchEvent(new Event('online')); // as a browser does; the SDK then tries again at once
    });
  }

  get isOffline() { return this.#isOffline; }

  async fetch(resource, options = {}) {
    if (this.#isOffline) throw new TypeError('You are offline.');
    const signals = [this.#requests.signal, options.signal].filter(Boolean);
    return fetch(resource, { ...options, signal: AbortSignal.any(signals) });
  }
}

class UnreachableWebSocket {
  constructor() { setTimeout(() => this.onclose?.({ code: 1006, reason: '' })); }
  send() {}
  close() {}
}
