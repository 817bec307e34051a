// <meldpunt-chat>: the conversation itself. Nothing typed is kept in the browser.
import { writingForm } from "/static/box.js";
import { button, linked, make, newId } from "/static/make.js";
import { consentLines, summaryLines } from "/static/lines.js";
import { Line } from "/static/net.js";
import { receiptCard } from "/static/receipt.js";

const WHO = { bot: "Sam", staff: "Medewerker", visitor: "Jij", system: "Meldpunt" };
const MODES = {
  bot: "Je praat met Sam, een chatbot.",
  waiting: "Je wacht op een medewerker.",
  staff: "Je praat met een medewerker van het meldpunt.",
  closed: "Het gesprek is klaar. Je kunt nog wel iets schrijven.",
  follow_up: "Je melding is bewaard. Wat je hier schrijft, leest een medewerker.",
};
const OFFLINE = "Geen verbinding. Ik probeer het opnieuw. Houd deze pagina open, dan gaat je bericht niet verloren.";
const BY_LINE = ["change", "remove"]; // each line of the summary has these itself
const UNSENT_MS = 15000;
const TYPING_MS = 10000;
const TYPING_EVERY_MS = 4000;
const touch = () => matchMedia("(pointer: coarse)").matches;

class MeldpuntChat extends HTMLElement {
  connectedCallback() {
    if (this.log) return;
    this.own = new Map();
    this.status = make("p", { className: "status", role: "status" });
    this.past = make("div", { className: "past" });
    this.log = make("div", { className: "live", role: "log", "aria-live": "polite", "aria-relevant": "additions", "aria-label": "Nieuwe berichten" });
    this.view = make("div", { className: "log", role: "region", tabIndex: 0, "aria-label": "Gesprek" }, this.past, this.log);
    this.typing = make("p", { className: "typing" });
    this.notice = make("p", { className: "notice", role: "alert" });
    this.choices = make("fieldset", { className: "choices", hidden: true });
    this.form = writingForm((text) => this.say(text), () => this.typed(), (text) => this.put(this.notice, text));
    this.box = this.form.box;
    this.person = button("Ik wil een mens", () => this.say("ik wil een mens"));
    this.may = button("Wat mag het meldpunt?", () => this.showConsents(), { hidden: true });
    this.tools = make("div", { className: "tools" }, this.person, this.may, button("Wis alles", () => this.askErase()), this.form.left);
    this.append(make("h1", { className: "visually-hidden", textContent: "Gesprek" }), this.status, this.view, this.typing, this.notice, this.choices, this.form, this.tools);
  }

  /** Begin (`isNew`) or resume the conversation of `token`, or of the promise of one. */
  start(token, isNew) {
    if (isNew) this.upTo = 0;
    this.line = new Line(token, (frame) => this[`on_${frame.type}`]?.(frame), (state) => this.connection(state));
    this.line.open();
  }

  stop() {
    this.line?.close();
    this.own?.clear();
    this.replaceChildren();
  }

  /** Where the focus goes when what had it is gone: the text box, but on a phone not so that the keyboard jumps up. */
  rest() {
    (touch() ? this.view : this.box).focus({ preventScroll: true });
  }

  connection(state) {
    this.offline = state === "offline";
    this.put(this.status, this.offline ? OFFLINE : this.modeText ?? MODES.bot);
    this.toggleAttribute("offline", this.offline);
  }

  put(place, text) {
    if (place.textContent !== text) place.textContent = text;
  }

  /** The colleague sees that she is typing, at most once in a few seconds. */
  typed() {
    if (this.mode !== "staff" || Date.now() - (this.told ?? 0) < TYPING_EVERY_MS) return;
    this.told = Date.now();
    this.line.send({ type: "typing" });
  }

  say(text) {
    this.give({ type: "message", id: newId(), text }, text);
  }

  choose(ask, choice) {
    this.give({ type: "choice", id: newId(), ask, value: choice.value }, choice.label);
    this.rest();
  }

  give(frame, text) {
    this.put(this.notice, "");
    const state = make("small", {});
    const bubble = this.bubble("visitor", text, state);
    bubble.setAttribute("aria-live", "off");
    this.own.set(frame.id, { frame, bubble, state });
    this.log.append(bubble);
    this.hideChoices();
    this.scroll();
    this.send(frame.id);
  }

  send(id) {
    const own = this.own.get(id);
    own.state.replaceChildren("Wordt verstuurd");
    clearTimeout(own.late);
    own.late = setTimeout(() => this.unsent(id, "Nog niet verstuurd"), UNSENT_MS);
    this.line.send(own.frame);
  }

  unsent(id, why) {
    const own = this.own.get(id);
    if (!own) return;
    clearTimeout(own.late);
    const again = button("Probeer opnieuw", () => {
      this.send(id);
      this.rest();
    });
    own.state.replaceChildren(`${why}. `, again);
    this.put(this.notice, "Je laatste bericht is nog niet verstuurd.");
    this.scroll();
  }

  arrived(id, seq) {
    const own = this.own.get(id);
    if (!own) return false;
    clearTimeout(own.late);
    if (own.state.contains(document.activeElement)) this.rest();
    own.state.replaceChildren("Verstuurd");
    own.bubble.dataset.seq = seq;
    this.own.delete(id);
    if (!this.own.size) this.put(this.notice, "");
    return true;
  }

  bubble(author, text, ...more) {
    return make("div", { className: `bubble ${author}` }, make("b", { textContent: WHO[author] }), linked(text), ...more);
  }

  on_welcome(frame) {
    this.upTo ??= frame.last_seq ?? 0; // what was said before this page is history: shown, and not read aloud
    this.staffOnline = frame.staff_online;
    this.nextOpen = frame.next_open;
    this.on_mode(frame);
  }

  on_mode(frame) {
    this.mode = frame.mode;
    let text = frame.mode === "staff" && frame.name ? `Je praat met ${frame.name}, medewerker van het meldpunt.` : MODES[frame.mode];
    if (frame.mode === "waiting") {
      if (frame.position) text += ` Nummer ${frame.position} in de rij.`;
      if (!this.staffOnline && this.nextOpen) text += ` Er is nu niemand. Een medewerker leest het ${this.nextOpen}.`;
    }
    this.modeText = text;
    this.put(this.status, text);
    this.person.hidden = frame.mode !== "bot";
    if (frame.mode === "staff") this.hideChoices();
  }

  on_ack(frame) {
    this.arrived(frame.id, frame.seq);
  }

  on_message(frame) {
    if (frame.id && this.arrived(frame.id, frame.seq)) return;
    if (this.querySelector(`[data-seq="${frame.seq}"]`)) return;
    if (frame.author !== "visitor") this.put(this.typing, "");
    const bubble = this.bubble(frame.author, frame.text);
    bubble.dataset.seq = frame.seq;
    (frame.seq <= this.upTo ? this.past : this.log).append(bubble);
    if (frame.author === "bot" || frame.author === "visitor") this.hideChoices();
    if (frame.choices?.length) this.offer(frame);
    this.scroll();
  }

  /** The buttons of what Sam asks. After a line of the summary was chosen, Sam asks which one: that was said already. */
  offer(frame) {
    const next = this.next;
    this.next = null;
    const meant = next?.ask === frame.ask && frame.choices.find((choice) => choice.label === next.label);
    if (meant) return this.choose(frame.ask, meant);
    const lines = frame.ask === "summary" ? this.summary(frame.ask) : "";
    const choices = lines.firstChild ? frame.choices.filter((choice) => !BY_LINE.includes(choice.value)) : frame.choices;
    const buttons = choices.map((choice) => button(choice.label, () => this.choose(frame.ask, choice), { value: choice.value }));
    this.group("Kies, of typ zelf iets", ...buttons, lines);
    this.asked = frame;
  }

  group(legend, ...children) {
    this.choices.replaceChildren(make("legend", { textContent: legend }), ...children);
    this.choices.scrollTop = 0;
    this.choices.hidden = false;
    this.scroll();
  }

  summary(ask) {
    const words = [...this.querySelectorAll(".bubble.bot .words")].map((one) => one.textContent).reverse().find((text) => /^1\. /m.test(text)) ?? "";
    return summaryLines(words, (value, label, text) => {
      this.next = { ask: `summary_${value}`, label: text };
      this.choose(ask, { value, label });
    });
  }

  hideChoices() {
    const had = this.choices.contains(document.activeElement);
    this.asked = null;
    this.choices.hidden = true;
    this.choices.replaceChildren();
    if (had) this.rest();
  }

  /** Back to what Sam asked, if anything. */
  back() {
    if (this.asked) this.offer(this.asked);
    else this.hideChoices();
    this.rest();
  }

  /** Ask before what cannot be undone; the focus is on the way back. */
  sure(question, yes, go) {
    const no = button("Nee", () => this.back());
    this.group(question, button(yes, go), no);
    this.choices.firstChild.className = "sure";
    no.focus();
  }

  askErase() {
    const what = this.consents ? "Alles wissen, ook je melding en je code?" : "Alles wissen?";
    this.sure(`${what} Dit kan niet terug.`, "Ja, wis alles", () => this.line.send({ type: "erase" }));
  }

  on_consents(frame) {
    const words = (items) => items?.find((one) => one.no_means === "erases_own_words")?.value === "ja";
    if (words(this.consents) && !words(frame.items)) return location.reload(); // they are gone from the thread too
    this.consents = frame.items;
    this.may.hidden = false;
  }

  showConsents() {
    const change = (item, value, label) => this.choose(`consent:${item}`, { value, label });
    const list = consentLines(this.consents, change, (...question) => this.sure(...question));
    const close = button("Sluit", () => this.back());
    this.group("Dit mag het meldpunt. Je kunt het altijd veranderen.", close, list);
    close.focus();
  }

  on_typing(frame) {
    this.put(this.typing, `${WHO[frame.author]} is aan het typen`);
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => this.put(this.typing, ""), TYPING_MS);
  }

  on_receipt(frame) {
    if (this.querySelector(".receipt")) return;
    this.log.append(receiptCard(frame.code, () => this.line.send({ type: "receipt_noted" }), (text) => this.put(this.notice, text)));
    this.scroll();
  }

  end(text) {
    sessionStorage.clear();
    this.line.close();
    this.own.clear();
    this.put(this.status, text);
    this.put(this.typing, "");
    this.put(this.notice, "");
    this.removeAttribute("offline");
    this.hideChoices();
    this.form.hidden = this.tools.hidden = true;
    this.view.focus();
  }

  on_erased() {
    this.past.replaceChildren();
    this.log.replaceChildren(this.bubble("bot", "Alles is gewist."));
    this.end("Alles is gewist. Sluit dit venster met Snel weg.");
  }

  on_error(frame) {
    if (frame.code === "unknown_token") return this.end("Dit gesprek is er niet meer. Laad de pagina opnieuw om te beginnen.");
    const text = frame.detail || frame.title || "Dat lukte niet. Probeer het nog eens.";
    if (frame.id) this.unsent(frame.id, "Niet verstuurd");
    this.put(this.notice, text);
  }

  scroll() {
    requestAnimationFrame(() => {
      this.view.scrollTop = this.view.scrollHeight;
      const main = this.parentElement;
      if (main && main.scrollHeight > main.clientHeight + 8) main.scrollTop = main.scrollHeight;
    });
  }
}

customElements.define("meldpunt-chat", MeldpuntChat);
