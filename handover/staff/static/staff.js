// Keeps what is on the page current: the socket says that something changed, the page looks again.
const region = document.querySelector("[data-live]");
const toast = document.getElementById("melding");
const thread = document.getElementById("gesprek");
let wait = 1000;

const toEnd = () => { if (thread) thread.scrollTop = thread.scrollHeight; };

async function refresh() {
  const answer = await fetch(location.href, { headers: { "X-Meldpunt-Live": "1" }, credentials: "same-origin" });
  if (answer.redirected) { location.assign("/login"); return; }
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of [region.id, "kerngegevens"]) {
    const [old, now] = [document.getElementById(id), fresh.getElementById(id)];
    if (!old || !now || old.innerHTML === now.innerHTML) continue;
    if (old !== thread && old.contains(document.activeElement)) continue; // never pull a button from under someone
    const atEnd = old.scrollHeight - old.scrollTop - old.clientHeight < 80;
    old.innerHTML = now.innerHTML;
    if (old === thread && atEnd) toEnd();
  }
}

function listen() {
  const address = new URL(region.dataset.live, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  const socket = new WebSocket(address);
  socket.addEventListener("open", () => { wait = 1000; toast.textContent = ""; refresh(); });
  socket.addEventListener("message", (event) => {
    if (JSON.parse(event.data).type === "logged_out") location.assign("/login");
    else refresh();
  });
  socket.addEventListener("close", () => {
    toast.textContent = "Verbinding weg. Er wordt opnieuw verbonden…";
    setTimeout(listen, wait);
    wait = Math.min(wait * 2, 30000);
  });
}

if (region) listen();
toEnd();

// Ctrl+Enter sends; a form is sent once.
document.getElementById("text")?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.target.form.requestSubmit();
});
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "1";
});
window.addEventListener("pageshow", () => { for (const form of document.forms) delete form.dataset.sent; });
