// The page around the chat: start, code, leaving, and coming back in the same tab.
import { leaveNow, listenForKeys } from "/static/exit.js";
import { information, openByCode, openConversation } from "/static/net.js";
import "/static/chat.js";

const KEY = "t";
const byId = (id) => document.getElementById(id);
const chat = byId("chat");
const away = byId("leave");

function clear() {
  chat.stop();
  sessionStorage.clear();
}

const leave = () => leaveNow(clear, away.href);

function show(token) {
  sessionStorage.setItem(KEY, token);
  byId("start").hidden = true;
  chat.hidden = false;
  chat.start(token);
}

away.addEventListener("click", (event) => {
  event.preventDefault();
  leave();
});
listenForKeys(leave);

byId("begin").addEventListener("click", async (event) => {
  event.target.disabled = true;
  try {
    show((await openConversation()).token);
  } catch {
    byId("hours").textContent = "Het lukt nu niet om te beginnen. Probeer het zo nog eens, of bel 0800-0432 of 0800-2000.";
    event.target.disabled = false;
  }
});

byId("code-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const digits = byId("code").value.replace(/\D/g, "");
  byId("code-error").textContent = "";
  try {
    const { token } = await openByCode(digits);
    byId("code").value = "";
    show(token);
  } catch (problem) {
    byId("code-error").textContent =
      problem.status === 429 ? "Even wachten. Probeer het over een minuut nog eens." : "Deze code klopt niet. Kijk of alle 16 cijfers goed zijn.";
  }
});

addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
addEventListener("pagehide", () => {
  if (!sessionStorage.getItem(KEY)) document.body.replaceChildren();
});

information().then((known) => {
  away.href = known.exit_site;
  byId("hours").textContent = `${known.organisation}: ${known.opening_hours}.`;
  if (known.notice) byId("hours").before(Object.assign(document.createElement("p"), { textContent: known.notice }));
}).catch(() => {});

const kept = sessionStorage.getItem(KEY);
if (kept) show(kept);
