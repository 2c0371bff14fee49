// Small helpers. All text goes through textContent: what comes from the network is never markup.

export const byId = (id) => document.getElementById(id);

export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

// A round picture of a user: initials on a colour, both made from the name.
export function avatar(user) {
  const initials = user.split(/\s+/).slice(0, 2).map((word) => [...word][0]).join('').toUpperCase();
  const made = element('span', { className: 'avatar', textContent: initials, ariaHidden: 'true' });
  made.dataset.hue = [...user].reduce((sum, character) => sum + character.codePointAt(0), 0) % 8;
  return made;
}
