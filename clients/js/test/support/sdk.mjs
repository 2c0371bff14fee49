/** Stands for the official SDK's class, and shows what it was made with. */
export class FakeSdk {
  state = 'disconnected';
  probes = [];
  #handlers = {};

  constructor(endpoints, options) {
    this.endpoints = endpoints;
    this.options = options;
  }

  on(event, handler) { (this.#handlers[event] ??= []).push(handler); }

  /** The SDK's transport opens a socket at this address, and connects by it. */
  connectBy(endpoint, transport = 'websocket') {
    if (transport === 'websocket') this.socket = new this.options.websocket(endpoint, '');
    this.state = 'connected';
    for (const handler of this.#handlers.connected ?? []) handler({ transport });
  }

  presenceStats(channel) {
    return new Promise((resolve, reject) => this.probes.push({ channel, resolve, reject }));
  }

  get transports() { return this.endpoints.map(({ transport, endpoint }) => `${transport} ${endpoint}`); }
}
