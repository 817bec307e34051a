// Where the visitor writes: one box that grows, text only, and never a word lost without saying so.
import { make } from "/static/make.js";

const MAX = 2000;
const SOON = 200;
// Nothing that keeps, corrects or sends elsewhere what is typed.
const QUIET = { autocomplete: "off", spellcheck: false, "data-gramm": "false", "data-lt-active": "false" };

/** A form with its `box`, and `left` for how many characters fit. Calls `send(text)`, `typed()`, and `say(text)` to tell her something. */
export function writingForm(send, typed, say) {
  const box = make("textarea", { rows: 1, maxLength: MAX, id: "bericht", placeholder: "Typ je bericht", dir: "auto", enterKeyHint: "send", "aria-describedby": "over", ...QUIET });
  box.setAttribute("autocorrect", "off"); // a property of this name takes a boolean
  const left = make("small", { className: "left", id: "over" });
  const label = make("label", { htmlFor: "bericht", className: "visually-hidden", textContent: "Typ je bericht" });
  const form = make("form", { className: "write" }, label, box, make("button", { type: "submit", className: "primary", textContent: "Stuur" }));

  function fit() {
    const rest = MAX - box.value.length;
    const text = rest <= SOON ? `Nog ${rest} tekens` : "";
    if (left.textContent !== text) left.textContent = text;
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight + 4}px`;
  }

  function submit() {
    const text = box.value.trim();
    if (!text) return;
    box.value = "";
    send(text);
    fit();
    box.focus();
  }

  /** No pictures, wherever they are dropped; and a text that does not fit is not cut without a word. */
  function refuse(event) {
    if (!form.getClientRects().length) return;
    const data = event.clipboardData ?? event.dataTransfer;
    if (data?.files?.length || data?.types?.includes("Files")) {
      event.preventDefault();
      say("Stuur hier geen foto's of filmpjes. Vertellen is genoeg.");
    } else if (event.type === "paste" && data && box.value.length + data.getData("text").length > MAX) {
      say(`Een bericht heeft hoogstens ${MAX} tekens. Stuur de rest in een nieuw bericht.`);
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  box.addEventListener("input", () => {
    fit();
    typed();
  });
  for (const kind of ["paste", "drop", "dragover"]) document.addEventListener(kind, refuse);
  return Object.assign(form, { box, left });
}
