// An environment that a test owns: its clock, its chance, its network and its page.

/** Lets all that is due in promises happen. */
export async function settle() {
  for (let i = 0; i < 50; i++) await Promise.resolve();
}

export class FakeClock {
  time = 1_000_000;
  #timers = new Map();
  #next = 1;

  setTimeout = (action, delay) => {
    this.#timers.set(this.#next, { action, due: this.time + Math.max(0, delay) });
    return this.#next++;
  };

  clearTimeout = timer => { this.#timers.delete(timer); };

  /** Timers that wait. */
  get count() { return this.#timers.size; }

  /** Milliseconds until the next timer. */
  get next() { return Math.min(...[...this.#timers.values()].map(timer => timer.due)) - this.time; }

  async advance(milliseconds) {
    const end = this.time + milliseconds;
    for (;;) {
      await settle();
      const due = [...this.#timers].filter(([, timer]) => timer.due <= end).sort((a, b) => a[1].due - b[1].due || a[0] - b[0])[0];
      if (!due) break;
      this.time = Math.max(this.time, due[1].due);
      this.#timers.delete(due[0]);
      due[1].action();
    }
    this.time = end;
    await settle();
  }

  /** The machine sleeps: the clock goes on, and timers come late. */
  sleep(milliseconds) { this.time += milliseconds; }
}

/** A server that answers when the test says so. */
export class FakeServer {
  requests = [];
  #waiting = [];

  fetch = (url, init) => new Promise((resolve, reject) => {
    const request = {
      url,
      method: init.method,
      headers: init.headers,
      body: init.body,
      keepalive: init.keepalive,
      credentials: init.credentials,
      isAborted: false,
      answer(status, headers = {}, body = '') {
        resolve(new Response([204, 205, 304].includes(status) ? null : body, { status, headers }));
        return settle();
      },
      fail() {
        reject(new TypeError('network'));
        return settle();
      },
    };
    init.signal.addEventListener('abort', () => {
      request.isAborted = true;
      reject(new DOMException('aborted', 'AbortError'));
    });
    this.requests.push(request);
    this.#waiting.push(request);
  });

  /** The next request; it must be there. */
  async next() {
    await settle();
    const request = this.#waiting.shift();
    if (!request) throw new Error('No request came.');
    return request;
  }

  /** Whether no request waits. */
  async isQuiet() {
    await settle();
    return this.#waiting.length === 0;
  }
}

export class FakeStorage {
  items = new Map();
  getItem = key => this.items.get(key) ?? null;
  setItem = (key, value) => { this.items.set(key, value); };
  removeItem = key => { this.items.delete(key); };
}

/** Counts its listeners. */
export class FakeTarget {
  listeners = [];
  addEventListener(type, listener) { this.listeners.push({ type, listener }); }
  removeEventListener(type, listener) {
    this.listeners = this.listeners.filter(one => one.type !== type || one.listener !== listener);
  }
  fire(type) {
    const event = new Event(type);
    for (const { listener } of this.listeners.filter(one => one.type === type)) listener(event);
    return settle();
  }
}

export function fakeEnvironment(changes = {}) {
  const clock = new FakeClock();
  const server = new FakeServer();
  return {
    clock,
    server,
    fetch: server.fetch,
    setTimeout: clock.setTimeout,
    clearTimeout: clock.clearTimeout,
    random: () => 0.5,
    now: () => clock.time,
    WebSocket: undefined,
    storage: new FakeStorage(),
    window: new FakeTarget(),
    document: Object.assign(new FakeTarget(), { visibilityState: 'visible' }),
    network: () => 'wifi',
    location: 'https://page.example/somewhere?x=1',
    ...changes,
  };
}
