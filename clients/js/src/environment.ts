/** What the package takes from where it runs, so that tests can own clock, chance and network. */
export interface Environment {
  fetch: typeof fetch | undefined;
  /** Waits; called with the milliseconds. */
  setTimeout(action: () => void, delay: number): unknown;
  clearTimeout(timer: unknown): void;
  /** At least 0, less than 1. */
  random(): number;
  /** Milliseconds. */
  now(): number;
  WebSocket: unknown;
  /** Throws where a page may not keep anything. */
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | undefined;
  /** Where online, offline and pagehide come from. */
  window: EventTarget | undefined;
  /** Where visibilitychange comes from. */
  document: (EventTarget & { readonly visibilityState: string }) | undefined;
  /** What kind of network the page is on, where the browser says it. */
  network(): string;
  /** Address of the page. */
  location: string | undefined;
}

const global = globalThis as Record<string, any>;

/** The browser, Node.js, Deno or Bun that this runs in. */
export const here: Environment = {
  get fetch() { return global.fetch?.bind(global); },
  setTimeout: (action, delay) => setTimeout(action, delay),
  clearTimeout: timer => clearTimeout(timer as number),
  random: Math.random,
  now: Date.now,
  get WebSocket() { return global.WebSocket; },
  get storage() { return global.localStorage; },
  window: typeof global.addEventListener === 'function' ? global as any : undefined,
  document: global.document,
  network: () => global.navigator?.connection?.type ?? '',
  location: global.location?.href,
};

/** Full jitter: some time up to twice the last bound, from half a second up to 20 seconds. */
export function backoff(attempt: number, random: () => number): number {
  return random() * Math.min(20_000, 500 * 2 ** attempt);
}
