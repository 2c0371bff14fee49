import type { Environment } from './environment.js';

const interval = 5000;

/** Timers that come this much later than asked show that the machine slept. */
const sleep = 10_000;

/**
 * Tells the SDK when the network is gone or back, and finds connections that died unnoticed while the machine or the page slept.
 *
 * The SDK listens to it in place of the window, for as long as it is not disconnected; so nothing is left behind.
 */
export class NetworkWatch {
  private readonly listeners: Record<string, Set<(event: Event) => void>> = { online: new Set(), offline: new Set() };
  private readonly relay = (event: Event) => this.tell(event);
  private readonly back = () => { this.onVisibility(); };
  private timer: unknown;
  private last = 0;
  private isChecking = false;

  /**
   * @param environment Where it runs.
   * @param isAlive Asks the server something; false when there was no answer.
   */
  constructor(private readonly environment: Environment, private readonly isAlive: () => Promise<boolean>) {}

  addEventListener(type: string, listener: (event: Event) => void): void {
    this.listeners[type]?.add(listener);
    if (this.timer === undefined) this.start();
  }

  removeEventListener(type: string, listener: (event: Event) => void): void {
    this.listeners[type]?.delete(listener);
    if (!this.listeners.online!.size && !this.listeners.offline!.size) this.end();
  }

  private start(): void {
    const { window, document } = this.environment;
    window?.addEventListener('online', this.relay);
    window?.addEventListener('offline', this.relay);
    document?.addEventListener('visibilitychange', this.back);
    this.last = this.environment.now();
    this.tick();
  }

  private end(): void {
    const { window, document } = this.environment;
    window?.removeEventListener('online', this.relay);
    window?.removeEventListener('offline', this.relay);
    document?.removeEventListener('visibilitychange', this.back);
    this.environment.clearTimeout(this.timer);
    this.timer = undefined;
  }

  private tick(): void {
    const timer = this.environment.setTimeout(() => {
      // A hidden page's timers come late for other reasons: it is looked at when it is seen again.
      if (this.environment.document?.visibilityState !== 'hidden') this.onTime();
      this.tick();
    }, interval);
    // Nobody has to wait for it: Node.js may end meanwhile.
    (timer as { unref?(): void }).unref?.();
    this.timer = timer;
  }

  private onVisibility(): void {
    if (this.environment.document?.visibilityState === 'visible') this.onTime();
    else this.last = this.environment.now();
  }

  private onTime(): void {
    const slept = this.environment.now() - this.last > interval + sleep;
    this.last = this.environment.now();
    if (slept) void this.check();
  }

  /** Lets the SDK connect anew when the server does not answer; a connection that is well is left alone. */
  private async check(): Promise<void> {
    if (this.isChecking) return;
    this.isChecking = true;
    try {
      if (await this.isAlive()) return;
      this.tell({ type: 'offline' } as Event);
      this.tell({ type: 'online' } as Event);
    } finally {
      this.isChecking = false;
    }
  }

  private tell(event: Event): void {
    for (const listener of [...this.listeners[event.type]!]) listener(event);
    // Another network may have come without the old one having gone.
    if (event.type === 'online' && event instanceof Event) void this.check();
  }
}
