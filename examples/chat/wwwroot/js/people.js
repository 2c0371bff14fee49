// Who is in the room. The server answers with one entry per connection; a user with two windows is shown once.
import { avatar, byId, element } from './dom.js';

export class People {
  #users = new Map();
  #sinceAsked = null;

  constructor() { this.#show(); }

  join(info) { this.#change((users) => users.set(info.client, info.user)); }

  leave(info) { this.#change((users) => users.delete(info.client)); }

  // Who came or went after the question may be missing in the answer: those changes are made again on top of it.
  async load(subscription) {
    const changes = this.#sinceAsked = [];
    try {
      const { clients } = await subscription.presence();
      if (this.#sinceAsked !== changes) return;
      this.#users = new Map(Object.values(clients).map((info) => [info.client, info.user]));
      changes.forEach((change) => change(this.#users));
      this.#show();
    } catch {
      // The connection went again: the next subscription asks anew.
    }
    if (this.#sinceAsked === changes) this.#sinceAsked = null;
  }

  #change(change) {
    this.#sinceAsked?.push(change);
    change(this.#users);
    this.#show();
  }

  #show() {
    const names = [...new Set(this.#users.values())].sort((one, other) => one.localeCompare(other));
    byId('people').replaceChildren(...names.map((name) => element('li', {}, avatar(name), element('span', { textContent: name }))));
    byId('people-count').textContent = names.length;
  }
}
