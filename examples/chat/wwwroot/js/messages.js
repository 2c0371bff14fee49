// The list of messages, in the order of their offsets, each once.
import { avatar, byId, element } from './dom.js';

const mostShown = 500;
const nearEnd = 80;
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

export class MessageList {
  #me;
  #list = byId('messages');
  #items = new Map();

  constructor(me) {
    this.#me = me;
    this.clear();
  }

  clear() {
    this.#items.clear();
    this.#list.replaceChildren();
  }

  addHistory(publications) {
    this.#list.ariaBusy = 'true'; // a screen reader announces new messages, not the history
    publications.forEach((publication) => this.#insert(publication));
    this.#scrollToEnd();
    requestAnimationFrame(() => { this.#list.ariaBusy = 'false'; });
  }

  add(publication) {
    const isAtEnd = this.#list.scrollHeight - this.#list.scrollTop - this.#list.clientHeight < nearEnd;
    this.#insert(publication);
    if (isAtEnd || publication.data.user === this.#me) this.#scrollToEnd();
  }

  #insert({ offset, data }) {
    if (this.#items.has(offset)) return;
    const item = this.#render(data);
    item.dataset.offset = offset;
    this.#items.set(offset, item);
    // Nearly always the end; a live message may be here before the history it follows.
    let next = null;
    for (let last = this.#list.lastElementChild; last && Number(last.dataset.offset) > offset; last = last.previousElementSibling) next = last;
    this.#list.insertBefore(item, next);
    this.#continue(item);
    this.#continue(item.nextElementSibling);
    if (this.#items.size > mostShown) this.#removeFirst();
  }

  #render({ user, text, sentAt }) {
    const sent = new Date(sentAt);
    const item = element('li', { className: user === this.#me ? 'message own' : 'message' },
      avatar(user),
      element('p', { className: 'head' },
        element('strong', { textContent: user }),
        element('time', { dateTime: sentAt, textContent: clock.format(sent), title: sent.toLocaleString() })),
      element('p', { className: 'text', textContent: text }));
    item.dataset.user = user;
    return item;
  }

  // A message that follows one of the same user needs no head of its own.
  #continue(item) {
    item?.classList.toggle('continued', item.previousElementSibling?.dataset.user === item.dataset.user);
  }

  #removeFirst() {
    const first = this.#list.firstElementChild;
    this.#items.delete(Number(first.dataset.offset));
    first.remove();
    this.#continue(this.#list.firstElementChild);
  }

  #scrollToEnd() { this.#list.scrollTop = this.#list.scrollHeight; }
}
