// <meldpunt-chat>: the conversation itself. Text is only ever set as text; nothing typed is kept in the browser.
import { Line } from "/static/net.js";

const WHO = { bot: "Sam", staff: "Medewerker", visitor: "Jij", system: "Bericht" };
const MODES = {
  bot: "Je praat met Sam, een chatbot.",
  waiting: "Je wacht op een medewerker.",
  staff: "Je praat met een medewerker van het meldpunt.",
  closed: "Het gesprek is klaar.",
  follow_up: "Je melding is bewaard. Wat je hier schrijft, leest een medewerker.",
};
const MAX = 2000;

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

class MeldpuntChat extends HTMLElement {
  connectedCallback() {
    if (this.log) return;
    this.status = make("p", { className: "status", role: "status" });
    this.log = make("div", { className: "log", role: "log", tabIndex: 0 });
    this.log.setAttribute("aria-label", "Gesprek");
    this.log.setAttribute("aria-live", "off");
    this.news = make("div", { className: "visually-hidden" });
    this.news.setAttribute("aria-live", "polite");
    this.typing = make("p", { className: "typing" });
    this.choices = make("fieldset", { className: "choices", hidden: true });
    this.box = make("textarea", { rows: 1, maxLength: MAX, autocomplete: "off", spellcheck: false, id: "bericht" });
    for (const name of ["autocorrect", "data-gramm", "data-lt-active"]) this.box.setAttribute(name, "off");
    this.button = make("button", { type: "submit", className: "primary", textContent: "Stuur" });
    const label = make("label", { htmlFor: "bericht", className: "visually-hidden", textContent: "Typ je bericht" });
    this.form = make("form", { className: "write" }, label, this.box, this.button);
    this.tools = make("div", { className: "tools" });
    this.addTool("Mens", () => this.say("ik wil een mens"));
    this.addTool("Wis alles", () => this.say("wis alles"));
    this.append(this.status, this.log, this.news, this.typing, this.choices, this.form, this.tools);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.submit();
      }
    });
    for (const kind of ["paste", "drop", "dragover"]) this.addEventListener(kind, (event) => this.refuseFiles(event));
    this.pending = new Map();
  }

  addTool(text, action) {
    const button = make("button", { type: "button", textContent: text });
    button.addEventListener("click", action);
    this.tools.append(button);
  }

  /** Begin or resume the conversation of `token`. */
  start(token) {
    this.line = new Line(token, (frame) => this.show(frame), (state) => this.connection(state));
    this.line.open();
    this.box.focus();
  }

  stop() {
    this.line?.close();
    this.replaceChildren();
  }

  connection(state) {
    if (state === "offline") this.status.textContent = "Geen verbinding. Ik probeer het opnieuw. Je bericht gaat niet verloren.";
    else this.status.textContent = this.modeText ?? MODES.bot;
  }

  submit() {
    const text = this.box.value.trim();
    if (!text) return;
    this.box.value = "";
    this.say(text);
    this.box.focus();
  }

  say(text) {
    const id = crypto.randomUUID();
    this.own(id, text);
    this.hideChoices();
    this.line.send({ type: "message", id, text });
  }

  choose(ask, choice) {
    const id = crypto.randomUUID();
    this.own(id, choice.label);
    this.hideChoices();
    this.line.send({ type: "choice", id, ask, value: choice.value });
    this.box.focus();
  }

  own(id, text) {
    const state = make("small", { textContent: "Wordt verstuurd" });
    const bubble = make("div", { className: "bubble visitor" }, make("b", { textContent: WHO.visitor }), text, state);
    this.pending.set(id, { bubble, state });
    this.log.append(bubble);
    this.scroll();
  }

  show(frame) {
    const handler = this[`on_${frame.type}`];
    if (handler) handler.call(this, frame);
  }

  on_welcome(frame) {
    this.fresh = true;
    this.on_mode(frame);
  }

  on_mode(frame) {
    const place = frame.mode === "waiting" && frame.position ? ` Nummer ${frame.position} in de rij.` : "";
    const name = frame.mode === "staff" && frame.name ? ` (${frame.name})` : "";
    this.modeText = MODES[frame.mode] + name + place;
    this.status.textContent = this.modeText;
    this.form.hidden = frame.mode === "closed";
  }

  on_ack(frame) {
    const sent = this.pending.get(frame.id);
    if (!sent) return;
    sent.state.textContent = "Verstuurd";
    sent.bubble.dataset.seq = frame.seq;
    this.pending.delete(frame.id);
    this.line.after = Math.max(this.line.after, 0);
  }

  on_message(frame) {
    this.typing.textContent = "";
    if (this.log.querySelector(`[data-seq="${frame.seq}"]`)) return;
    if (frame.author === "visitor" && this.pending.size) {
      const [id, sent] = [...this.pending][0];
      sent.bubble.dataset.seq = frame.seq;
      sent.state.textContent = "Verstuurd";
      this.pending.delete(id);
      return;
    }
    const bubble = make("div", { className: `bubble ${frame.author}` }, make("b", { textContent: WHO[frame.author] }), this.linked(frame.text));
    bubble.dataset.seq = frame.seq;
    this.log.append(bubble);
    if (frame.author !== "visitor") {
      this.news.replaceChildren(`${WHO[frame.author]}: ${frame.text}`);
      this.hideChoices();
    }
    if (frame.choices?.length) this.offer(frame);
    this.scroll();
  }

  /** Text with telephone numbers as tel: links; a web address stays text. */
  linked(text) {
    const parts = make("span");
    let last = 0;
    for (const match of text.matchAll(/\b(?:0800-\d{4}|0900-\d{4}|033-448 11 86|112|113)\b(?!\.\w)/g)) {
      parts.append(text.slice(last, match.index));
      parts.append(make("a", { href: `tel:${match[0].replace(/[^\d]/g, "")}`, textContent: match[0] }));
      last = match.index + match[0].length;
    }
    parts.append(text.slice(last));
    return parts;
  }

  offer(frame) {
    this.choices.replaceChildren(make("legend", { textContent: "Kies, of typ zelf iets" }));
    for (const choice of frame.choices) {
      const button = make("button", { type: "button", textContent: choice.label, value: choice.value });
      button.addEventListener("click", () => this.choose(frame.ask, choice));
      this.choices.append(button);
    }
    this.choices.hidden = false;
    this.scroll();
  }

  hideChoices() {
    this.choices.hidden = true;
    this.choices.replaceChildren();
  }

  on_typing(frame) {
    this.typing.textContent = `${WHO[frame.author]} is aan het typen`;
  }

  on_receipt(frame) {
    if (this.querySelector(".receipt")) return;
    const code = make("output", { textContent: frame.code });
    const copy = make("button", { type: "button", textContent: "Kopieer de code" });
    copy.addEventListener("click", async () => {
      await navigator.clipboard?.writeText(frame.code);
      copy.textContent = "Gekopieerd";
    });
    const seen = make("button", { type: "button", textContent: "Ik heb hem bewaard" });
    const card = make("div", { className: "receipt" },
      make("strong", { textContent: "Jouw code" }), code,
      make("p", { textContent: "Schrijf hem op waar niemand kijkt. Zonder code kun je niet terug. Wij kunnen hem niet opzoeken." }), copy, " ", seen);
    seen.addEventListener("click", () => {
      this.line.send({ type: "receipt_noted" });
      seen.remove();
    });
    this.log.append(card);
    this.news.replaceChildren(`Jouw code is ${frame.code}`);
    this.scroll();
  }

  on_erased() {
    sessionStorage.clear();
    this.line.close();
    this.log.replaceChildren(make("div", { className: "bubble bot" }, make("b", { textContent: WHO.bot }), "Alles is gewist."));
    this.status.textContent = "Alles is gewist. Sluit dit venster met Snel weg.";
    this.form.hidden = this.tools.hidden = true;
    this.hideChoices();
  }

  on_error(frame) {
    this.typing.textContent = frame.detail || frame.title || "Dat lukte niet. Probeer het nog eens.";
    if (frame.status === 401 || frame.status === 404 || frame.status === 410) {
      sessionStorage.clear();
      this.line.close();
      this.status.textContent = "Dit gesprek is er niet meer. Laad de pagina opnieuw om te beginnen.";
    }
  }

  refuseFiles(event) {
    const files = event.clipboardData?.files ?? event.dataTransfer?.files;
    const dragged = event.dataTransfer?.types?.includes("Files");
    if (!files?.length && !dragged) return;
    event.preventDefault();
    this.typing.textContent = "Stuur hier geen foto's of filmpjes. Vertellen is genoeg.";
  }

  scroll() {
    requestAnimationFrame(() => (this.log.scrollTop = this.log.scrollHeight));
  }
}

customElements.define("meldpunt-chat", MeldpuntChat);
