// One room: its messages with history and recovery, who is there, who types.
import { MessageList } from './messages.js';
import { People } from './people.js';
import { showStatus } from './status.js';
import { Typing } from './typing.js';

const historyLimit = 100;

export class Room {
  #id;
  #client;
  #subscription;
  #messages;
  #people = new People();
  #typing;
  #recovered = 0;

  constructor(client, id, me) {
    this.#id = id;
    this.#client = client;
    this.#messages = new MessageList(me);
    this.#typing = new Typing(client, id, me);
    this.#subscription = client.newSubscription(`room:${id}`, { joinLeave: true });
  }

  enter() {
    this.#subscription.on('subscribed', (context) => this.#welcome(context));
    this.#subscription.on('publication', (publication) => this.#take(publication));
    this.#subscription.on('join', ({ info }) => this.#people.join(info));
    this.#subscription.on('leave', ({ info }) => this.#people.leave(info));
    this.#subscription.subscribe();
    this.#typing.start();
  }

  leave() {
    this.#typing.stop();
    this.#subscription.unsubscribe();
    this.#subscription.removeAllListeners();
    this.#client.removeSubscription(this.#subscription);
  }

  // By HTTP and not through the subscription: the application checks a message and puts the user's name on it.
  async post(text, key, network) {
    const response = await network.fetch(`/api/rooms/${this.#id}/messages`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ key, text }),
    });
    if (response.status === 429) throw new Error('That was fast. Wait a moment and send it again.');
    if (!response.ok) throw new Error((await response.json()).detail ?? 'The message was not taken.');
  }

  announceTyping() { this.#typing.announce(); }

  async #welcome({ wasRecovering, recovered }) {
    this.#people.load(this.#subscription);
    if (recovered) {
      // The SDK delivers what was missed as publications directly after this event.
      this.#recovered = 0;
      queueMicrotask(() => showStatus('online', caughtUp(this.#recovered)));
      return;
    }

    if (wasRecovering) showStatus('warning', 'Some messages could not be recovered: history reloaded');
    await this.#loadHistory();
  }

  // What is published meanwhile comes twice, live and in the history; the list keeps one of each offset.
  async #loadHistory() {
    this.#messages.clear();
    try {
      const { publications } = await this.#subscription.history({ limit: historyLimit, reverse: true });
      this.#messages.addHistory(publications.reverse());
    } catch {
      // The connection went again, or the room was left: the next subscribed event begins anew.
    }
  }

  #take(publication) {
    this.#recovered++;
    this.#messages.add(publication);
    this.#typing.hasPosted(publication.data.user);
  }
}

function caughtUp(count) {
  if (count === 0) return 'Connected. Nothing was missed';
  return `Connected. Caught up: ${count} ${count === 1 ? 'message' : 'messages'} recovered`;
}
