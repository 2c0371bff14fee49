// "Ada is typing": publications that clients send each other in a channel without history. The server adds who sent one,
// so nobody types in another's name; what is in it is not looked at.
import { byId } from './dom.js';

const announceEvery = 2000;
const shownFor = 4000;

export class Typing {
  #client;
  #subscription;
  #me;
  #typists = new Map();
  #announcedAt = -announceEvery;

  constructor(client, room, me) {
    this.#client = client;
    this.#me = me;
    this.#subscription = client.newSubscription(`typing:${room}`);
  }

  start() {
    this.#subscription.on('publication', ({ info }) => {
      if (info && info.user !== this.#me) this.#add(info.user);
    });
    this.#subscription.subscribe();
    this.#show();
  }

  stop() {
    [...this.#typists.keys()].forEach((user) => this.#remove(user));
    this.#subscription.unsubscribe();
    this.#subscription.removeAllListeners();
    this.#client.removeSubscription(this.#subscription);
  }

  announce() {
    if (this.#subscription.state !== 'subscribed' || performance.now() - this.#announcedAt < announceEvery) return;
    this.#announcedAt = performance.now();
    this.#subscription.publish({}).catch(() => { /* An indicator that is lost is no loss. */ });
  }

  hasPosted(user) {
    if (user === this.#me) this.#announcedAt = -announceEvery;
    else this.#remove(user);
  }

  #add(user) {
    clearTimeout(this.#typists.get(user));
    this.#typists.set(user, setTimeout(() => this.#remove(user), shownFor));
    this.#show();
  }

  #remove(user) {
    clearTimeout(this.#typists.get(user));
    this.#typists.delete(user);
    this.#show();
  }

  #show() {
    const names = [...this.#typists.keys()];
    byId('typing').classList.toggle('shown', names.length > 0);
    // Empty, the line keeps its text while it fades.
    if (names.length === 1) byId('typing').textContent = `${names[0]} is typing…`;
    else if (names.length === 2) byId('typing').textContent = `${names[0]} and ${names[1]} are typing…`;
    else if (names.length > 2) byId('typing').textContent = 'Several people are typing…';
  }
}
