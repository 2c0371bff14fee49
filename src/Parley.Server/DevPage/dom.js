// Small helpers. All text goes through textContent: what comes from the network is never markup.

export const byId = (id) => document.getElementById(id);

export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

export const button = (text, onClick) => {
  const made = element('button', { type: 'button', className: 'small', textContent: text });
  made.addEventListener('click', onClick);
  return made;
};

export function time(date = new Date()) {
  return element('time', { dateTime: date.toISOString(), textContent: date.toTimeString().slice(0, 8) + '.' + String(date.getMilliseconds()).padStart(3, '0') });
}

// Adds at the end, keeps the newest, and stays at the end unless the reader has scrolled up.
export function appendCapped(list, item, most) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  list.append(item);
  while (list.childElementCount > most) list.firstElementChild.remove();
  if (atEnd) list.scrollTop = list.scrollHeight;
}
