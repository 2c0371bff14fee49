import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createClientIn, transportOf } from '../dist/esm/create-client.js';
import { createClient, LongPollSocket } from '../dist/esm/index.js';
import { fakeEnvironment, FakeStorage, settle } from './support/environment.mjs';
import { FakeSdk } from './support/sdk.mjs';

const make = (url, options, environment = fakeEnvironment()) => createClientIn(environment, url, { sdk: FakeSdk, ...options });

describe('addresses', () => {
  test('of all transports follow from the server\'s, the cheapest first', () => {
    const client = make('https://example.com');
    assert.deepEqual(client.transports, [
      'websocket wss://example.com/connection/websocket',
      'http_stream https://example.com/connection/http_stream',
      'sse https://example.com/connection/sse',
      'websocket https://example.com/connection/long_poll',
    ]);
    assert.equal(client.options.emulationEndpoint, 'https://example.com/emulation');
  });

  for (const [url, expected] of [
    ['ws://example.com:8000/', 'ws://example.com:8000/connection/websocket'],
    ['wss://example.com/base/', 'wss://example.com/base/connection/websocket'],
    ['http://example.com/base?x=1#y', 'ws://example.com/base/connection/websocket'],
    ['/live', 'wss://page.example/live/connection/websocket'],
    [undefined, 'wss://page.example/connection/websocket'],
  ])
    test(`begin with ${url ?? 'the page'}`, () => assert.equal(make(url).endpoints[0].endpoint, expected));

  test('have the prefix that the server was mapped with', () => {
    assert.equal(make('https://example.com', { prefix: '/rt/' }).endpoints[1].endpoint, 'https://example.com/rt/http_stream');
  });

  test('that are none are refused', () => {
    assert.throws(() => make('ftp://example.com'), TypeError);
    assert.throws(() => make('', {}, fakeEnvironment({ location: undefined })), TypeError);
  });
});

describe('options', () => {
  test('of the SDK are passed on', () => {
    const getToken = async () => 'token';
    const { options } = make('https://example.com', { token: 't', getToken, minReconnectDelay: 1 });
    assert.deepEqual([options.token, options.getToken, options.minReconnectDelay], ['t', getToken, 1]);
    for (const own of ['transports', 'prefix', 'rememberFor', 'credentials', 'sdk']) assert.ok(!(own in options), own);
  });

  test('choose transports and their order', () => {
    const client = make('https://example.com', { transports: ['sse', 'websocket'] });
    assert.deepEqual(client.endpoints.map(one => one.transport), ['sse', 'websocket']);
  });

  test('that name no transport are refused', () => {
    assert.throws(() => make('https://example.com', { transports: ['carrier_pigeon'] }), /Not a transport: carrier_pigeon/);
    assert.throws(() => make('https://example.com', { transports: [] }), /Not a transport/);
  });

  test('give the SDK its sockets: native ones, and long polling by its address', async () => {
    const opened = [];
    class Native { constructor(...args) { opened.push(args); } }
    const environment = fakeEnvironment({ WebSocket: Native });
    const { options } = make('https://example.com', {}, environment);

    assert.ok(new options.websocket('wss://example.com/connection/websocket') instanceof Native);
    new options.websocket('wss://example.com/connection/websocket', 'centrifuge-protobuf');
    assert.deepEqual(opened, [['wss://example.com/connection/websocket'], ['wss://example.com/connection/websocket', 'centrifuge-protobuf']]);
    assert.ok(new options.websocket('https://example.com/connection/long_poll') instanceof LongPollSocket);
    assert.equal((await environment.server.next()).url, 'https://example.com/connection/long_poll');
  });

  test('hand in a socket and a fetch of one\'s own', async () => {
    class Own { }
    let asked;
    const fetch = async url => { asked = url; return new Response(null, { status: 204 }); };
    const { options } = make('https://example.com', { websocket: Own, fetch });
    assert.ok(new options.websocket('wss://example.com/connection/websocket') instanceof Own);
    new options.websocket('https://example.com/connection/long_poll');
    await settle();
    assert.equal(asked, 'https://example.com/connection/long_poll');
  });

  test('say whether long polls carry cookies to another origin', async () => {
    const environment = fakeEnvironment();
    const { options } = make('https://example.com', { credentials: 'include' }, environment);
    new options.websocket('https://example.com/connection/long_poll');
    assert.equal((await environment.server.next()).credentials, 'include');
  });

  test('without any WebSocket let the SDK go on with the next transport', () => {
    const { options } = make('https://example.com');
    assert.throws(() => new options.websocket('wss://example.com/connection/websocket'), /no WebSocket/);
  });
});

describe('what worked', () => {
  const fallback = client => client.connectBy('https://example.com/connection/long_poll');
  const first = client => client.endpoints[0].endpoint.split('/').at(-1);

  test('goes first on the next page, and the others stay behind it', () => {
    const environment = fakeEnvironment();
    fallback(make('https://example.com', {}, environment));
    assert.deepEqual(make('https://example.com', {}, environment).endpoints.map(one => one.endpoint.split('/').at(-1)),
      ['long_poll', 'websocket', 'http_stream', 'sse']);
  });

  test('is told', () => {
    const client = make('https://example.com');
    assert.equal(transportOf(client), undefined);
    fallback(client);
    assert.equal(transportOf(client), 'long_poll');
    client.connectBy('', 'sse');
    assert.equal(transportOf(client), 'sse');
  });

  test('is forgotten after ten minutes, though it goes on working', async () => {
    const environment = fakeEnvironment();
    fallback(make('https://example.com', {}, environment));
    environment.clock.sleep(599_999);
    fallback(make('https://example.com', {}, environment));
    assert.equal(first(make('https://example.com', {}, environment)), 'long_poll');
    environment.clock.sleep(2);
    assert.equal(first(make('https://example.com', {}, environment)), 'websocket');
  });

  test('is not prolonged by a page that stays and connects again', () => {
    const environment = fakeEnvironment();
    const client = make('https://example.com', {}, environment);
    fallback(client);
    environment.clock.sleep(600_001);
    fallback(client);
    assert.equal(first(make('https://example.com', {}, environment)), 'websocket');
  });

  test('is replaced when it works no more and another does', () => {
    const environment = fakeEnvironment();
    make('https://example.com', {}, environment).connectBy('', 'sse');
    fallback(make('https://example.com', {}, environment));
    assert.equal(first(make('https://example.com', {}, environment)), 'long_poll');
  });

  test('is forgotten when the best one works', () => {
    const environment = fakeEnvironment({ WebSocket: class { } });
    fallback(make('https://example.com', {}, environment));
    make('https://example.com', {}, environment).connectBy('wss://example.com/connection/websocket');
    assert.equal(first(make('https://example.com', {}, environment)), 'websocket');
  });

  test('counts on the network where it was found, and for the server that it led to', () => {
    const environment = fakeEnvironment();
    fallback(make('https://example.com', {}, environment));
    assert.equal(first(make('https://example.com', {}, { ...environment, network: () => 'cellular' })), 'websocket');
    assert.equal(first(make('https://other.example', {}, environment)), 'websocket');
  });

  test('does not bring back a transport that is not asked for', () => {
    const environment = fakeEnvironment();
    fallback(make('https://example.com', {}, environment));
    assert.equal(first(make('https://example.com', { transports: ['websocket', 'sse'] }, environment)), 'websocket');
  });

  test('does not count with a clock that was set back', () => {
    const environment = fakeEnvironment();
    fallback(make('https://example.com', {}, environment));
    environment.clock.sleep(-3_600_000);
    assert.equal(first(make('https://example.com', {}, environment)), 'websocket');
  });

  test('is not kept when that is not wanted', () => {
    const environment = fakeEnvironment();
    fallback(make('https://example.com', { rememberFor: 0 }, environment));
    assert.equal(first(make('https://example.com', { rememberFor: 0 }, environment)), 'websocket');
    assert.equal(environment.storage.items.size, 0);
  });

  test('is kept by the page itself where storage is refused', () => {
    const fail = () => { throw new DOMException('refused', 'SecurityError'); };
    const refused = fakeEnvironment({ storage: { getItem: fail, setItem: fail, removeItem: fail } });
    const none = Object.defineProperty(fakeEnvironment(), 'storage', { get: fail });
    for (const [i, environment] of [refused, none].entries()) {
      const url = `https://refused-${i}.example`;
      make(url, {}, environment).connectBy(`${url}/connection/long_poll`);
      assert.equal(first(make(url, {}, environment)), 'long_poll');
    }
  });

  test('is not believed when something else stands in storage', () => {
    const storage = new FakeStorage();
    storage.getItem = () => '{"nonsense":true}';
    assert.equal(first(make('https://example.com', {}, fakeEnvironment({ storage }))), 'websocket');
    storage.getItem = () => `carrier_pigeon 1000100 wifi`;
    assert.equal(first(make('https://example.com', {}, fakeEnvironment({ storage }))), 'websocket');
  });
});

test('A client of the official SDK comes out, not connected yet', () => {
  const client = createClient('https://example.com', { token: 't' });
  assert.equal(client.state, 'disconnected');
  assert.equal(client.newSubscription('news').channel, 'news');
});
