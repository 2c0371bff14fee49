import type { Environment } from './environment.js';
import type { Transport } from './transports.js';

/** What pages without storage remember. */
const kept = new Map<string, string>();

/**
 * Remembers for a while which transport got through to a server, so that a client behind a proxy that refuses the better ones does not
 * try them first on every page. What is remembered is not prolonged by working again: after its time the better ones get their chance.
 */
export class TransportMemory {
  private readonly key: string;

  constructor(private readonly environment: Environment, server: string, private readonly lifetime: number) {
    this.key = `parley.transport ${server}`;
  }

  get(): Transport | undefined {
    const [transport, until, network] = (this.read() ?? '').split(' ');
    // A clock that was set back must not make it last.
    return Number(until) > this.environment.now() && Number(until) <= this.environment.now() + this.lifetime && network === this.environment.network()
      ? transport as Transport
      : undefined;
  }

  /** Of one that worked when the better ones had had their chance. */
  set(transport: Transport): void {
    if (this.lifetime <= 0) return;
    this.write(`${transport} ${this.environment.now() + this.lifetime} ${this.environment.network()}`);
  }

  clear(): void {
    this.write(undefined);
  }

  private read(): string | undefined {
    try {
      return this.environment.storage?.getItem(this.key) ?? kept.get(this.key);
    } catch {
      return kept.get(this.key);
    }
  }

  private write(value: string | undefined): void {
    kept.delete(this.key);
    try {
      if (value === undefined) this.environment.storage?.removeItem(this.key);
      else this.environment.storage?.setItem(this.key, value);
      if (this.environment.storage) return;
    } catch {
      // Full, or not permitted: the page remembers by itself.
    }
    if (value !== undefined) kept.set(this.key, value);
  }
}
