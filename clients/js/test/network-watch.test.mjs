import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createClientIn } from '../dist/esm/create-client.js';
import { fakeEnvironment, settle } from './support/environment.mjs';
import { FakeSdk } from './support/sdk.mjs';

/** A connected client, and what its SDK was told of the network. */
function watch(changes) {
  const environment = fakeEnvironment({ WebSocket: class { }, ...changes });
  const client = createClientIn(environment, 'https://example.com', { sdk: FakeSdk });
  const target = client.options.networkEventTarget;
  const told = [];
  const onOnline = () => told.push('online'), onOffline = () => told.push('offline');
  target.addEventListener('offline', onOffline);
  target.addEventListener('online', onOnline);
  client.connectBy('wss://example.com/connection/websocket');
  const stop = () => {
    target.removeEventListener('offline', onOffline);
    target.removeEventListener('online', onOnline);
  };
  return { ...environment, client, told, stop };
}

async function hideFor(milliseconds, { document, clock }) {
  document.visibilityState = 'hidden';
  await document.fire('visibilitychange');
  clock.sleep(milliseconds);
  document.visibilityState = 'visible';
  await document.fire('visibilitychange');
}

describe('the network', () => {
  test('that goes and comes is told to the SDK', async () => {
    const { window, told } = watch();
    await window.fire('offline');
    await window.fire('online');
    assert.deepEqual(told, ['offline', 'online']);
  });

  test('that another took the place of is asked for the connection', async () => {
    const { window, client, told } = watch();
    await window.fire('online');
    assert.equal(client.probes.length, 1);
    client.probes[0].reject({ code: 1, message: 'timeout' });
    await settle();
    assert.deepEqual(told, ['online', 'offline', 'online']);
  });

  test('is not watched where there is no page', () => {
    const { told, stop } = watch({ window: undefined, document: undefined });
    stop();
    assert.deepEqual(told, []);
  });
});

describe('after sleep', () => {
  test('a dead connection is replaced at once', async () => {
    const { clock, client, told } = watch();
    clock.sleep(60_000);
    await clock.advance(0);
    assert.equal(client.probes.length, 1);
    assert.deepEqual(told, []);

    client.probes[0].reject({ code: 1, message: 'timeout' });
    await settle();

    assert.deepEqual(told, ['offline', 'online']);
  });

  for (const [answer, settleProbe] of [
    ['an answer', probe => probe.resolve({})],
    ['a refusal', probe => probe.reject({ code: 103, message: 'permission denied' })],
  ])
    test(`a connection that gives ${answer} is left alone`, async () => {
      const { clock, client, told } = watch();
      clock.sleep(60_000);
      await clock.advance(0);
      settleProbe(client.probes[0]);
      await settle();
      assert.deepEqual(told, []);
    });

  test('a connection is asked once', async () => {
    const { clock, client } = watch();
    clock.sleep(60_000);
    await clock.advance(0);
    clock.sleep(60_000);
    await clock.advance(0);
    assert.equal(client.probes.length, 1);
  });

  test('a client that connects anyway is not asked', async () => {
    const { clock, client, told } = watch();
    client.state = 'connecting';
    clock.sleep(60_000);
    await clock.advance(0);
    assert.deepEqual([client.probes.length, told], [0, []]);
  });

  test('a page that was hidden for long asks when it is seen again', async () => {
    const { client, document, clock } = watch();
    await hideFor(60_000, { document, clock });
    assert.equal(client.probes.length, 1);
  });
});

describe('nothing is asked', () => {
  test('while time passes as it should', async () => {
    const { clock, client } = watch();
    await clock.advance(600_000);
    assert.equal(client.probes.length, 0);
  });

  test('by a page that was hidden for a moment', async () => {
    const { client, document, clock } = watch();
    await hideFor(5_000, { document, clock });
    assert.equal(client.probes.length, 0);
  });

  test('by a hidden page, whose timers come late', async () => {
    const { client, document, clock } = watch();
    document.visibilityState = 'hidden';
    await document.fire('visibilitychange');
    clock.sleep(60_000);
    await clock.advance(60_000);
    assert.equal(client.probes.length, 0);
  });
});

test('A disconnected client leaves no listener and no timer', async () => {
  const { clock, window, document, stop } = watch();
  stop();
  assert.deepEqual([window.listeners, document.listeners, clock.count], [[], [], 0]);
});
