import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openSession, openSocket, session, startSocket } from './support/long-poll.mjs';

const sendPatience = 10_000;

describe('opening', () => {
  test('is told when the server has answered a first request', async () => {
    const { server, socket, events } = startSocket();
    const request = await server.next();
    assert.equal(request.method, 'OPTIONS');
    assert.equal(socket.readyState, 0);
    assert.deepEqual(events, []);

    await request.answer(204);

    assert.deepEqual(events, ['open']);
    assert.equal(socket.readyState, 1);
  });

  test('that gets no answer closes the socket, so that another transport is tried', async () => {
    const { server, events } = startSocket();
    await (await server.next()).fail();
    assert.deepEqual(events, ['error', { code: 1006, reason: 'long polling: no answer', wasClean: false }]);
  });

  test('that is refused closes the socket', async () => {
    const { server, events } = startSocket();
    await (await server.next()).answer(403);
    assert.equal(events[1].reason, 'long polling: HTTP 403');
  });

  test('that hangs is given up after 10 s', async () => {
    const { server, clock, events } = startSocket();
    const request = await server.next();
    await clock.advance(9_999);
    assert.deepEqual(events, []);
    await clock.advance(1);
    assert.ok(request.isAborted);
    assert.equal(events[1].code, 1006);
  });

  test('sends the first messages without a number, and polls from the batch that answers them', async () => {
    const { server, opening, poll } = await openSession();
    assert.equal(opening.method, 'POST');
    assert.equal(opening.body, 'connect');
    assert.deepEqual(opening.headers, { 'Content-Type': 'application/json' });
    assert.deepEqual(poll.headers, { ...session, 'Parley-Ack': '1' });
    assert.equal(poll.body, undefined);
    assert.ok(await server.isQuiet());
  });

  test('hands on the replies', async () => {
    const { server, socket, events } = await openSocket();
    socket.send('connect');
    await (await server.next()).answer(200, { ...session, 'Parley-Batch': '1' }, 'connected');
    assert.deepEqual(events, ['open', 'connected']);
  });

  test('whose answer is lost is not repeated: the SDK connects anew', async () => {
    const { server, socket, events } = await openSocket();
    socket.send('connect');
    await (await server.next()).fail();
    assert.deepEqual(events, ['open', 'error', { code: 1006, reason: 'open: no answer', wasClean: false }]);
    assert.ok(await server.isQuiet());
  });

  test('with an answer that lost its headers on the way is no session', async () => {
    const { server, socket, events } = await openSocket();
    socket.send('connect');
    await (await server.next()).answer(200, {}, 'connected');
    assert.equal(events.at(-1).code, 1006);
  });

  test('with too large a message is told by the code of WebSockets', async () => {
    const { server, socket, events } = await openSocket();
    socket.send('connect');
    await (await server.next()).answer(413);
    assert.equal(events.at(-1).code, 1009);
  });

  test('before which a message is handed over is an error', () => {
    const { socket } = startSocket();
    assert.throws(() => socket.send('early'), /not open/);
  });
});

describe('receiving', () => {
  test('takes batches in turn, and acknowledges each by the next poll', async () => {
    const { server, events, poll } = await openSession();
    await poll.answer(200, { 'Parley-Batch': '2' }, 'two');
    const next = await server.next();
    assert.equal(next.headers['Parley-Ack'], '2');
    await next.answer(200, { 'Parley-Batch': '3' }, 'three');
    assert.equal((await server.next()).headers['Parley-Ack'], '3');
    assert.deepEqual(events, ['two', 'three']);
  });

  test('repeats a poll whose answer was lost, so that the batch comes once', async () => {
    const { server, clock, events, poll } = await openSession();
    await poll.fail();
    await clock.advance(500);
    const again = await server.next();
    assert.equal(again.headers['Parley-Ack'], '1');
    await again.answer(200, { 'Parley-Batch': '2' }, 'two');
    assert.deepEqual(events, ['two']);
  });

  for (const [what, number] of [['was late', '1'], ['skips one', '3'], ['has no number', '']])
    test(`drops a batch that ${what}`, async () => {
      const { server, clock, events, poll } = await openSession();
      await poll.answer(200, number ? { 'Parley-Batch': number } : {}, 'other');
      assert.ok(await server.isQuiet(), 'what answers so would be asked without an end');
      await clock.advance(500);
      assert.equal((await server.next()).headers['Parley-Ack'], '1');
      assert.deepEqual(events, []);
    });

  test('polls again at once when there was nothing', async () => {
    const { server, events, poll } = await openSession();
    await poll.answer(204);
    assert.equal((await server.next()).headers['Parley-Ack'], '1');
    assert.deepEqual(events, []);
  });

  test('gives a poll up that is not answered within 35 s', async () => {
    const { server, clock, poll } = await openSession();
    await clock.advance(34_999);
    assert.ok(!poll.isAborted);
    await clock.advance(1);
    assert.ok(poll.isAborted);
    await clock.advance(500);
    assert.equal((await server.next()).headers['Parley-Ack'], '1');
  });

  test('waits a second where another poll took its place', async () => {
    const { server, clock, poll } = await openSession();
    await poll.answer(409);
    await clock.advance(999);
    assert.ok(await server.isQuiet());
    await clock.advance(1);
    assert.equal((await server.next()).headers['Parley-Ack'], '1');
  });

  test('ends with a session that is gone', async () => {
    const { events, poll } = await openSession();
    await poll.answer(404);
    assert.deepEqual(events, ['error', { code: 1006, reason: 'poll: HTTP 404', wasClean: false }]);
  });

  test('pauses longer after each failure, by chance, and never more than 20 s', async () => {
    for (const [random, first, eighth] of [[0, 0, 0], [0.5, 500, 10_000], [0.999, 999, 19_980]]) {
      let { server, clock, poll } = await openSession(undefined, { random: () => random });
      const pauses = [];
      for (let i = 0; i < 8; i++) {
        await poll.answer(502);
        pauses.push(clock.next);
        await clock.advance(clock.next);
        poll = await server.next();
      }
      assert.equal(pauses[0], first);
      assert.equal(pauses[7], eighth);
      assert.ok(pauses.every((pause, i) => i === 0 || pause >= pauses[i - 1]));
    }
  });

  test('begins with short pauses again after an answer', async () => {
    let { server, clock, poll } = await openSession();
    for (let i = 0; i < 5; i++) {
      await poll.fail();
      await clock.advance(20_000);
      poll = await server.next();
    }
    await poll.answer(204);
    await (await server.next()).fail();
    assert.equal(clock.next, 500);
  });
});

describe('polls that something in between cuts', () => {
  test('come again soon, and are asked to be short when it is so every time', async () => {
    let { server, clock, poll } = await openSession();
    for (const [cut, wait] of [[() => poll.fail(), undefined], [() => poll.answer(504), '16']]) {
      await clock.advance(20_000);
      await cut();
      assert.ok(clock.next <= 500, `a pause of ${clock.next} ms for what was published meanwhile`);
      await clock.advance(clock.next);
      poll = await server.next();
      assert.equal(poll.headers['Parley-Wait'], wait);
    }
    await clock.advance(16_000);
    await poll.answer(204);
    assert.equal((await server.next()).headers['Parley-Wait'], '16');
  });

  test('stay as long as they are when it was so once', async () => {
    let { server, clock, poll } = await openSession();
    for (let i = 0; i < 3; i++) {
      await clock.advance(20_000);
      await poll.fail();
      await clock.advance(500);
      poll = await server.next();
      assert.equal(poll.headers['Parley-Wait'], undefined);
      await poll.answer(204);
      poll = await server.next();
    }
  });
});

describe('trouble without an end', () => {
  for (const [what, answer] of [
    ['nothing answers', poll => poll.fail()],
    ['a page of something else answers', poll => poll.answer(200, {}, '<html>')],
    ['a proxy has no server', poll => poll.answer(503)],
  ])
    test(`ends the socket where ${what}, so that the SDK connects anew`, async () => {
      let { server, clock, events, poll } = await openSession();
      let elapsed = 0;
      while (!events.length) {
        await answer(poll);
        if (events.length) break;
        const pause = clock.next;
        assert.ok((elapsed += pause) <= 101_000, 'the session is long gone');
        await clock.advance(pause);
        poll = await server.next();
      }
      assert.ok(elapsed > 80_000);
      assert.equal(events.at(-1).code, 1006);
    });

  test('waits as long as the server asks', async () => {
    const { server, clock, poll } = await openSession();
    await poll.answer(503, { 'Retry-After': '3' });
    await clock.advance(3_499);
    assert.ok(await server.isQuiet());
    await clock.advance(1);
    assert.equal((await server.next()).headers['Parley-Ack'], '1');
  });
});

describe('sending', () => {
  test('numbers what it sends', async () => {
    const { server, socket } = await openSession();
    socket.send('a');
    const first = await server.next();
    assert.deepEqual([first.body, first.headers['Parley-Seq']], ['a', '1']);
    await first.answer(204);
    socket.send('b');
    const second = await server.next();
    assert.deepEqual([second.body, second.headers['Parley-Seq']], ['b', '2']);
  });

  test('joins what is said while something is on its way', async () => {
    const { server, socket } = await openSession();
    socket.send('a');
    socket.send('b');
    socket.send('c');
    await (await server.next()).answer(204);
    assert.equal((await server.next()).body, 'b\nc');
  });

  test('joins no more than the server takes', async () => {
    const { server, socket } = await openSession();
    socket.send('a');
    for (const letter of 'bcd') socket.send(letter.repeat(10_000));
    await (await server.next()).answer(204);
    const joined = await server.next();
    assert.equal(joined.body, 'b'.repeat(10_000));
    await joined.answer(204);
    assert.equal((await server.next()).body, 'c'.repeat(10_000));
  });

  test('repeats the same bytes with the same number until they are answered', async () => {
    const { server, clock, socket } = await openSession();
    socket.send('a');
    await (await server.next()).fail();
    socket.send('b');
    await clock.advance(500);
    const again = await server.next();
    assert.deepEqual([again.body, again.headers['Parley-Seq']], ['a', '1']);
    await again.answer(504);
    await clock.advance(1000);
    const third = await server.next();
    assert.deepEqual([third.body, third.headers['Parley-Seq']], ['a', '1']);
    await third.answer(204);
    assert.equal((await server.next()).body, 'b');
  });

  test('waits as long as a busy server asks, and then repeats', async () => {
    const { server, clock, socket } = await openSession();
    socket.send('a');
    await (await server.next()).answer(429, { 'Retry-After': '3' });
    await clock.advance(3_499);
    assert.ok(await server.isQuiet());
    await clock.advance(1);
    assert.equal((await server.next()).headers['Parley-Seq'], '1');
  });

  test('goes on when the session is closed: the next poll says why', async () => {
    const { server, socket, events } = await openSession();
    socket.send('a');
    await (await server.next()).answer(410);
    assert.deepEqual(events, []);
    assert.equal(socket.readyState, 1);
  });

  for (const [status, code] of [[404, 1006], [412, 1006], [413, 1009], [415, 1006]])
    test(`ends with ${status}`, async () => {
      const { server, socket, events } = await openSession();
      socket.send('a');
      await (await server.next()).answer(status);
      assert.equal(events.at(-1).code, code);
      assert.equal(events.at(-1).reason, `send: HTTP ${status}`);
    });

  test('keeps Protobuf as it is', async () => {
    const { server, socket, opening, poll, events } = await openSession('centrifuge-protobuf');
    assert.equal(opening.headers['Content-Type'], 'application/octet-stream');
    await poll.answer(200, { 'Parley-Batch': '2' }, new Uint8Array([3, 4]));
    assert.deepEqual(new Uint8Array(events[0]), new Uint8Array([3, 4]));
    socket.send(new Uint8Array([1]));
    socket.send(new Uint8Array([2, 3]));
    socket.send(new Uint8Array([4]).buffer);
    await server.next(); // the poll
    await (await server.next()).answer(204);
    assert.deepEqual((await server.next()).body, new Uint8Array([2, 3, 4]));
  });
});

describe('the end', () => {
  test('by the server comes after its last message, in a task of its own', async () => {
    const { server, clock, socket, poll, events } = await openSession();
    await poll.answer(200, { 'Parley-Batch': '2', 'Parley-Last': '1' }, 'disconnect');
    assert.deepEqual(events, ['disconnect']);
    assert.equal(socket.readyState, 2);
    await clock.advance(0);
    assert.deepEqual(events[1], { code: 1000, reason: 'closed by the server', wasClean: true });
    assert.ok(await server.isQuiet());
  });

  test('by the client ends the session and the held poll', async () => {
    const { server, socket, poll, events } = await openSession();
    socket.close();
    const end = await server.next();
    assert.deepEqual([end.method, end.keepalive, end.headers], ['DELETE', true, session]);
    assert.ok(poll.isAborted);
    assert.deepEqual(events, [{ code: 1000, reason: '', wasClean: true }]);
    assert.ok(await server.isQuiet());
  });

  test('by the client is not told before close() returns', async () => {
    const { socket, events } = await openSession();
    socket.close();
    assert.deepEqual(events, []);
    assert.equal(socket.readyState, 2);
  });

  test('by the client comes after what was handed over before', async () => {
    const { server, socket, events } = await openSession();
    socket.send('a');
    socket.send('b');
    socket.close();
    socket.send('c');
    await (await server.next()).answer(204);
    const last = await server.next();
    assert.equal(last.body, 'b');
    await last.answer(204);
    assert.equal((await server.next()).method, 'DELETE');
    assert.equal(events.at(-1).wasClean, true);
  });

  test('by the client is not put off for more than 10 s', async () => {
    const { server, clock, socket, events } = await openSession();
    socket.send('a');
    await server.next();
    socket.close();
    await clock.advance(10_000);
    assert.deepEqual(events.at(-1), { code: 1000, reason: '', wasClean: true });
    assert.equal((await server.next()).method, 'DELETE');
  });

  test('while the session is being opened ends that one too', async () => {
    const { server, socket, events } = await openSocket();
    socket.send('connect');
    const opening = await server.next();
    socket.close();
    await opening.answer(200, { ...session, 'Parley-Batch': '1' }, 'connected');
    assert.equal((await server.next()).method, 'DELETE');
    assert.deepEqual(events.filter(event => event === 'connected'), []);
  });

  test('whose first replies take too long for a poll ends the session that was made', async () => {
    const { server, socket, events } = await openSocket();
    socket.send('connect');
    await (await server.next()).answer(204, session);
    const end = await server.next();
    assert.deepEqual([end.method, end.headers], ['DELETE', session]);
    assert.equal(events.at(-1).reason, 'open: HTTP 204');
  });

  test('of the page opens no session for what waits', async () => {
    const { server, socket, window } = await openSession();
    socket.send('a');
    socket.send('b');
    const sent = await server.next();
    await window.fire('pagehide');
    assert.equal((await server.next()).method, 'DELETE');
    await sent.answer(204);
    assert.ok(await server.isQuiet());
  });

  test('while something is sent leaves no timer', async () => {
    const { clock, socket, poll } = await openSession();
    socket.send('a');
    await poll.answer(404);
    await clock.advance(sendPatience);
    assert.equal(clock.count, 0);
  });

  test('of the page is told to the server', async () => {
    const { server, window } = await openSession();
    await window.fire('pagehide');
    const end = await server.next();
    assert.deepEqual([end.method, end.keepalive], ['DELETE', true]);
  });

  test('leaves no listener and no timer', async () => {
    for (const finish of [socket => socket.close(), (_, poll) => poll.answer(404)]) {
      const { server, clock, socket, window, poll } = await openSession();
      await finish(socket, poll);
      await (await server.next()).answer(204);
      assert.deepEqual(window.listeners, []);
      assert.equal(clock.count, 0);
      assert.equal(socket.readyState, 3);
    }
  });
});
