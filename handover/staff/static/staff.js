// Keeps what is on the page current: the socket says that something changed, the page looks again.
const region = document.querySelector("[data-live]");
const toast = document.getElementById("melding");
const thread = document.getElementById("gesprek");
let wait = 1000;
let open = null;
let typed = 0;

const toEnd = () => { if (thread) thread.scrollTop = thread.scrollHeight; };

// The browser parses the page itself: no text is ever turned into markup by a script.
function look() {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("GET", location.href);
    request.responseType = "document";
    request.setRequestHeader("X-Meldpunt-Live", "1");
    request.addEventListener("loadend", () => done(request));
    request.send();
  });
}

async function refresh() {
  const answer = await look();
  if (answer.responseURL && new URL(answer.responseURL).pathname === "/login") { location.assign("/login"); return; }
  if (answer.status !== 200 || !answer.response) return;
  for (const id of [region.id, "kerngegevens", "claim"]) {
    const [old, now] = [document.getElementById(id), answer.response.getElementById(id)];
    if (!old || !now || old.isEqualNode(now)) continue;
    if (old !== thread && old.contains(document.activeElement)) continue; // never pull a button from under someone
    const atEnd = old.scrollHeight - old.scrollTop - old.clientHeight < 80;
    old.replaceChildren(...now.childNodes);
    if (old === thread && atEnd) toEnd();
  }
}

function listen() {
  const address = new URL(region.dataset.live, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  const socket = new WebSocket(address);
  socket.addEventListener("open", () => { wait = 1000; open = socket; toast.textContent = ""; refresh(); });
  socket.addEventListener("message", (event) => {
    if (JSON.parse(event.data).type === "logged_out") location.assign("/login");
    else refresh();
  });
  socket.addEventListener("close", () => {
    open = null;
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

// The visitor sees that someone is writing, at most once every three seconds.
document.getElementById("text")?.addEventListener("input", () => {
  if (!open || Date.now() - typed < 3000) return;
  typed = Date.now();
  open.send("typing");
});
