// The line that says how the connection is, and what became of messages that were missed.
import { byId } from './dom.js';

export function showStatus(state, text) {
  byId('status').dataset.state = state;
  byId('status').textContent = text;
}
