// Writing a message. Enter sends, Shift+Enter begins a new line; what could not be sent stays.
import { byId } from './dom.js';

export function startComposer({ send, typing }) {
  const form = byId('composer');
  const input = byId('text');
  let attempt = null;
  let isSending = false;

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (text === '' || isSending) return;
    isSending = true;
    // The same message keeps its key when it is tried again, so that it is never published twice.
    if (attempt?.text !== text) attempt = { text, key: newKey() };
    try {
      await send(text, attempt.key);
      attempt = null;
      if (input.value.trim() === text) input.value = '';
      showError('');
    } catch (error) {
      showError(error.message);
    }
    isSending = false;
    fit();
  });

  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  input.addEventListener('input', () => {
    fit();
    if (input.value.trim() !== '') typing();
  });

  function fit() {
    input.style.height = 'auto';
    input.style.height = `${Math.min(input.scrollHeight + 2, 160)}px`;
  }

  function showError(text) { byId('composer-error').textContent = text; }
}

// Not crypto.randomUUID, which plain HTTP has on this machine only.
function newKey() {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join('-');
}
