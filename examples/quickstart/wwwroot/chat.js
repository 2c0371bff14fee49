const byId = (id) => document.getElementById(id);
const client = new Centrifuge(`${location.origin.replace('http', 'ws')}/connection/websocket`);
const lobby = client.newSubscription('chat:lobby');

byId('login').addEventListener('submit', async (event) => {
  event.preventDefault();
  await fetch('/login', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: byId('name').value }),
  });
  lobby.subscribe();
  client.connect();
  byId('login').hidden = true;
  byId('chat').hidden = false;
});

lobby.on('publication', (publication) => byId('messages').append(line(publication)));
lobby.on('subscribed', async ({ wasRecovering, recovered, streamPosition }) => {
  if (recovered) return; // what was missed follows as publications
  if (wasRecovering) byId('messages').replaceChildren(); // too much was missed: begin anew
  const { publications } = await lobby.history({ limit: 50 });
  const earlier = publications.filter(({ offset }) => offset <= streamPosition.offset); // the others come live
  byId('messages').prepend(...earlier.map(line));
});

byId('chat').addEventListener('submit', async (event) => {
  event.preventDefault();
  await lobby.publish({ text: byId('text').value });
  byId('text').value = '';
});

// info is who published, as the server knows it; there is none when the application did.
function line({ data, info }) {
  const item = document.createElement('li');
  item.textContent = `${info?.user ?? 'server'}: ${data.text}`;
  return item;
}
