import { Figures } from './figures.js';
import { lanes } from './lanes.js';

const template = document.getElementById('lane');
const all = [];

for (const { name, start } of lanes) {
  const section = template.content.cloneNode(true).querySelector('section');
  section.querySelector('h2').textContent = name;
  section.setAttribute('aria-label', name);
  document.getElementById('lanes').append(section);
  const state = section.querySelector('.state');
  const figures = new Figures();
  const fields = Object.fromEntries([...section.querySelectorAll('[data-figure]')].map(field => [field.dataset.figure, field]));
  all.push({ figures, fields, line: section.querySelector('polyline') });
  start(figures, text => { state.textContent = text; });
}

const milliseconds = value => (value === undefined ? '–' : `${value.toLocaleString('en')} ms`);

function show({ figures, fields, line }) {
  fields.events.textContent = figures.events.toLocaleString('en');
  fields.median.textContent = milliseconds(figures.quantile(0.5));
  fields.high.textContent = milliseconds(figures.quantile(0.99));
  fields.bytes.textContent = figures.events ? Math.round(figures.bytes / figures.events).toLocaleString('en') : '–';
  fields.requests.textContent = figures.requests.toLocaleString('en');
  fields.missed.textContent = figures.missed.toLocaleString('en');
  fields.missed.classList.toggle('bad', figures.missed > 0);
  // A logarithmic scale: from one millisecond at the bottom to ten seconds at the top.
  line.setAttribute('points', figures.latencies.map((latency, i) => `${i},${60 - 14.5 * Math.log10(Math.min(10_000, latency + 1))}`).join(' '));
}

setInterval(() => all.forEach(show), 250);
document.getElementById('reset').addEventListener('click', () => all.forEach(({ figures }) => figures.reset()));
document.getElementById('pace').addEventListener('change', event => fetch(`/pace?perSecond=${event.target.value}`, { method: 'POST' }));
