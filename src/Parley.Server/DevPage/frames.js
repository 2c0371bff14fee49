// Every frame on the wire, as it is: a WebSocket that reports what it sends and receives.
import { appendCapped, byId, element, time } from './dom.js';

const most = 400;
const shownBytes = 512;
const encoder = new TextEncoder();
const counts = { in: { frames: 0, bytes: 0 }, out: { frames: 0, bytes: 0 } };

export class ReportingWebSocket extends WebSocket {
  constructor(...args) {
    super(...args);
    this.addEventListener('message', (event) => report('in', event.data));
    this.addEventListener('close', (event) => add('in', `close ${event.code} ${event.reason}`, ''));
  }

  send(data) {
    report('out', data);
    super.send(data);
  }
}

export function startFrames() {
  byId('frames-clear').addEventListener('click', () => byId('frames').replaceChildren());
  showCounts();
}

function report(direction, data) {
  const isText = typeof data === 'string';
  const bytes = isText ? encoder.encode(data) : new Uint8Array(data.buffer ?? data, data.byteOffset ?? 0, data.byteLength);
  counts[direction].frames++;
  counts[direction].bytes += bytes.length;
  showCounts();
  const isPing = isText ? data.trim() === '{}' : bytes.length === 1 && bytes[0] === 0;
  if (byId('frames-pause').checked || (isPing && !byId('frames-pings').checked)) return;
  add(direction, isText ? data : dump(bytes), `${bytes.length} B`);
}

function add(direction, text, size) {
  appendCapped(byId('frames'), element('li', {},
    time(),
    element('span', { className: direction, textContent: direction === 'in' ? '\u2190 in' : '\u2192 out' }),
    element('span', { className: 'size', textContent: size }),
    element('code', { className: 'body', textContent: text })), most);
}

function showCounts() {
  for (const direction of ['in', 'out'])
    byId(`frames-${direction}`).textContent = `${direction} ${counts[direction].frames} (${counts[direction].bytes} B)`;
}

// Offset, sixteen bytes in hexadecimal, the same as ASCII.
function dump(bytes) {
  const lines = [];
  for (let start = 0; start < Math.min(bytes.length, shownBytes); start += 16) {
    const row = [...bytes.subarray(start, start + 16)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ').padEnd(47);
    const ascii = row.map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${start.toString(16).padStart(4, '0')}  ${hex}  ${ascii}`);
  }
  if (bytes.length > shownBytes) lines.push(`... ${bytes.length - shownBytes} more bytes`);
  return lines.join('\n');
}
