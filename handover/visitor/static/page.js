// The page around the chat: start, code, leaving, and coming back in the same tab.
import { guard } from "/static/exit.js";
import { openByCode, openConversation } from "/static/net.js";
import "/static/chat.js";

const KEY = "t";
const byId = (id) => document.getElementById(id);
const chat = byId("chat");
const begin = byId("begin");

guard(byId("leave"), () => chat.stop());

function show(token) {
  sessionStorage.setItem(KEY, token);
  byId("start").hidden = true;
  chat.hidden = false;
  chat.rest();
}

begin.addEventListener("click", async () => {
  if (begin.getAttribute("aria-disabled") === "true") return;
  begin.setAttribute("aria-disabled", "true");
  byId("start-error").textContent = "";
  try {
    const token = openConversation().then((made) => made.token);
    chat.start(token, true);
    show(await token);
  } catch {
    chat.line.close();
    byId("start-error").textContent = "Het lukt nu niet om te beginnen. Probeer het zo nog eens, of bel 0800-0432 of 0800-2000. Gevaar? Bel 112.";
  }
  begin.removeAttribute("aria-disabled");
});

byId("code-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const field = byId("code");
  const said = byId("code-error");
  said.textContent = "";
  byId("code-wait").textContent = "Even kijken";
  try {
    const { token } = await openByCode(field.value.replace(/\D/g, ""));
    field.value = "";
    chat.start(token);
    show(token);
  } catch (problem) {
    said.textContent = !problem.status
      ? "Geen verbinding. Probeer het zo nog eens."
      : problem.status === 429
        ? "Even wachten. Probeer het over een minuut nog eens."
        : "Deze code klopt niet. Kijk of alle 16 cijfers goed zijn.";
    field.setAttribute("aria-invalid", "true");
    field.focus();
  }
  byId("code-wait").textContent = "";
});

const kept = sessionStorage.getItem(KEY);
if (kept) {
  chat.start(kept);
  show(kept);
}
