// What one lane has seen.
const kept = 200;

export class Figures {
  constructor() { this.reset(); }

  reset() {
    this.events = 0;
    this.missed = 0;
    this.bytes = 0;
    this.requests = 0;
    this.latencies = [];
    this.last = 0;
  }

  // Numbers rise by one: a gap is an event that was missed, and one that comes again counts for nothing.
  take({ number, occurred }) {
    if (this.last && number > this.last + 1) this.missed += number - this.last - 1;
    if (number <= this.last && number > 1) return; // 1: the server began anew
    this.last = number;
    this.events++;
    this.latencies.push(Math.max(0, Date.now() - occurred));
    if (this.latencies.length > kept) this.latencies.shift();
  }

  quantile(share) {
    const sorted = [...this.latencies].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  }
}
