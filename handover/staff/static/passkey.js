// Passkeys: the browser makes or uses one, the server checks it. Nothing here opens anything by itself.
async function ask(address, token, body) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Meldpunt-Form": token },
    body: JSON.stringify(body ?? {}),
  });
  if (answer.status === 403) { location.assign("/bevestigen?terug=" + encodeURIComponent(location.pathname)); return null; }
  return answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)));
}

const failed = (on) => { const place = document.getElementById("passkey-fout"); if (place) place.hidden = !on; };

async function add(form) {
  const options = await ask("/mijn/passkeys/opties", form.dataset.csrf);
  if (!options) return;
  const made = await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
  const name = document.getElementById("passkey-naam").value;
  const done = await ask("/mijn/passkeys", form.dataset.csrf, { credential: made.toJSON(), name });
  if (done) location.assign(done.to);
}

async function give(form) {
  const options = await ask(form.dataset.at + "/opties", form.dataset.csrf);
  const signed = await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  await ask(form.dataset.at, form.dataset.csrf, { credential: signed.toJSON() });
  location.assign(form.dataset.to);
}

for (const [id, act] of [["passkey-nieuw", add], ["passkey", give]]) {
  const form = document.getElementById(id);
  if (!form) continue;
  form.hidden = false; // without this script it does nothing, and is not shown
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    failed(false);
    act(event.target).catch(() => failed(true)).finally(() => { delete event.target.dataset.sent; });
  });
}
