// One connection through the official SDK, which comes as one script per protocol and names both Centrifuge.
import { element } from './dom.js';
import { ReportingWebSocket } from './frames.js';

const scripts = { json: '/dev/vendor/centrifuge.js', protobuf: '/dev/vendor/centrifuge.protobuf.js' };
const loaded = {};
const encoder = new TextEncoder();
const decoder = new TextDecoder();

async function loadSdk(protocol) {
  loaded[protocol] ??= new Promise((resolve, reject) => {
    const script = element('script', { src: scripts[protocol] });
    script.addEventListener('load', () => resolve(globalThis.Centrifuge));
    script.addEventListener('error', () => reject(new Error(`${scripts[protocol]} did not load`)));
    document.head.append(script);
  });
  return loaded[protocol];
}

export async function requestToken(user, channel) {
  const response = await fetch('/dev/token', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ user, channel }),
  });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()).token;
}

// With Protobuf, data is bytes to the SDK; here it is always a JSON value.
export const codecs = {
  json: { encode: (value) => value, decode: (value) => value },
  protobuf: {
    encode: (value) => encoder.encode(JSON.stringify(value)),
    decode: (bytes) => {
      const text = decoder.decode(bytes);
      try { return text === '' ? undefined : JSON.parse(text); } catch { return text; }
    },
  },
};

// credentials: { user } for a token made by the server, { token } for a given one, {} for none.
export async function openConnection(path, protocol, credentials) {
  const Sdk = await loadSdk(protocol);
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
  const options = { websocket: ReportingWebSocket, name: 'parley-console' };
  if (credentials.user !== undefined) options.getToken = () => requestToken(credentials.user);
  if (credentials.token) options.token = credentials.token;
  return new Sdk(`${scheme}//${location.host}${path}`, options);
}
