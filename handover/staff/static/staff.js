// Keeps what is on the page current: the socket says that something changed, the page looks again.
import "/static/passkey.js";
const region = document.querySelector("[data-live]");
const toast = document.getElementById("melding");
const thread = document.getElementById("gesprek");
const page = region ? location.href : "/alarm"; // a page without a list has only the line on top to keep current
let wait = 1000;
let open = null;
let typed = 0;

const toEnd = () => { if (thread) thread.scrollTop = thread.scrollHeight; };

// The browser parses the page itself: no text is ever turned into markup by a script.
function look(address) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("GET", address);
    request.responseType = "document";
    request.setRequestHeader("X-Meldpunt-Live", "1");
    request.addEventListener("loadend", () => done(request));
    request.send();
  });
}

// One look at a time; what changes meanwhile is looked at after it, so that an older page never comes over a newer one.
let looking = false;
let wanted = null;
async function refresh(address) {
  wanted = wanted && wanted !== address ? page : address;
  if (looking) return;
  looking = true;
  while (wanted) {
    const next = wanted;
    wanted = null;
    await compare(next);
  }
  looking = false;
}

async function compare(address) {
  const answer = await look(address);
  if (answer.responseURL && new URL(answer.responseURL).pathname === "/login") { location.assign("/login"); return; }
  if (answer.status !== 200 || !answer.response) return;
  const alarm = answer.response.getElementById("alarm");
  if (alarm) tell(alarm);
  for (const id of ["alarm", region?.id, "kerngegevens", "claim", "aanwezig"]) {
    if (!id) continue;
    const [old, now] = [document.getElementById(id), answer.response.getElementById(id)];
    if (!old || !now || old.isEqualNode(now)) continue;
    if (old !== thread && old.contains(document.activeElement)) continue; // never pull a button from under someone
    const atEnd = old.scrollHeight - old.scrollTop - old.clientHeight < 80;
    const shown = [...old.querySelectorAll("[data-shown]")].map((one) => one.id);
    old.replaceChildren(...now.childNodes);
    for (const one of shown) show(one);
    sound();
    if (old === thread && atEnd) toEnd();
  }
}

function listen() {
  const address = new URL(region?.dataset.live ?? "/live", location.href);
  address.protocol = address.protocol.replace("http", "ws");
  const socket = new WebSocket(address);
  socket.addEventListener("open", () => { wait = 1000; open = socket; toast.textContent = ""; refresh(page); });
  socket.addEventListener("message", (event) => {
    const type = JSON.parse(event.data).type;
    if (type === "logged_out") location.assign("/login");
    else if (type === "typing") visitorTypes();
    else if (type === "elsewhere") refresh("/alarm");
    else { document.getElementById("typt")?.replaceChildren(); refresh(page); }
  });
  socket.addEventListener("close", () => {
    open = null;
    toast.textContent = "Verbinding weg. Er wordt opnieuw verbonden…";
    setTimeout(listen, wait);
    wait = Math.min(wait * 2, 30000);
  });
}

// What is acuut and of nobody is counted in the title, without content; a sound where somebody wants one.
const title = document.title;
let told = 0;
function tell(alarm) {
  const number = Number(alarm.dataset.acute) + Number(alarm.dataset.waiting);
  document.title = number ? `(${number}) ${title}` : title;
  if (number > told && open && localStorage.getItem("geluid") === "aan") beep();
  told = number;
  Object.assign(document.getElementById("alarm").dataset, alarm.dataset);
}

function beep() {
  const context = new AudioContext();
  for (const [from, pitch] of [[0, 660], [0.25, 880]]) {
    const tone = new OscillatorNode(context, { frequency: pitch });
    const volume = new GainNode(context, { gain: 0.15 });
    tone.connect(volume).connect(context.destination);
    tone.start(context.currentTime + from);
    tone.stop(context.currentTime + from + 0.18);
  }
  setTimeout(() => context.close(), 1000);
}

function sound() {
  const button = document.getElementById("geluid");
  if (!button) return;
  button.hidden = false;
  button.setAttribute("aria-pressed", String(localStorage.getItem("geluid") === "aan"));
}

let quiet = 0;
function visitorTypes() {
  const place = document.getElementById("typt");
  if (!place) return;
  place.textContent = "De melder typt…";
  clearTimeout(quiet);
  quiet = setTimeout(() => place.replaceChildren(), 5000);
}

// A heavy passage is shown when somebody asks for it, and stays shown while the page is open.
function show(id) {
  const message = document.getElementById(id);
  if (!message) return;
  message.dataset.shown = "1";
  message.querySelector("[data-blurred]")?.classList.remove("blurred");
  message.querySelector("[data-show]")?.remove();
  for (const quote of document.querySelectorAll(`[data-of="${id}"]`)) quote.classList.remove("blurred");
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.show) {
    const id = button.dataset.show;
    show(id);
    const message = document.getElementById(id);
    message.tabIndex = -1;
    message.focus();
  }
  if (button?.id === "geluid") {
    localStorage.setItem("geluid", localStorage.getItem("geluid") === "aan" ? "uit" : "aan");
    if (localStorage.getItem("geluid") === "aan") beep();
    sound();
  }
  if (button?.id === "kant-zet") {
    const [choice, editor] = [document.getElementById("kant"), document.getElementById("text")];
    if (!choice.value) return;
    editor.value = editor.value ? `${editor.value.trimEnd()} ${choice.value}` : choice.value;
    editor.focus();
  }
});

sound();
const alarm = document.getElementById("alarm");
if (alarm) { tell(alarm); listen(); }
toEnd();
if (location.hash === "#gesprek-einde") document.getElementById("text")?.focus({ preventScroll: true });

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
