// The card with the receipt code: copy, keep it safe, and check that what was written down is right.
import { button, make } from "/static/make.js";

const digits = (text) => text.replace(/\D/g, "");

/** A card for `code` (4x4); calls `noted()` once the visitor has it, and `say(text)` for what a screen reader should hear. */
export function receiptCard(code, noted, say) {
  const shown = make("output", { textContent: code, "aria-label": `Jouw code: ${digits(code).replace(/(\d)(?=\d)/g, "$1 ")}` });
  const copy = button("Kopieer de code", async () => {
    try {
      await navigator.clipboard.writeText(code);
      copy.textContent = "Gekopieerd";
      say("De code is gekopieerd. Wie op dit apparaat plakt, ziet hem ook.");
    } catch {
      getSelection().selectAllChildren(shown);
      say("Kopiëren lukt hier niet. Schrijf de code over.");
    }
  });
  const typed = make("input", { id: "check", inputMode: "numeric", autocomplete: "off", spellcheck: false, maxLength: 23 });
  const again = make("form", { className: "again", hidden: true },
    make("label", { htmlFor: "check", textContent: "Typ je code om te kijken of hij klopt" }), typed,
    make("button", { type: "submit", textContent: "Kijk na" }), button("Laat de code zien", () => turn(false)));
  const kept = button("Ik heb hem bewaard", () => turn(true));
  const card = make("section", { className: "receipt", "aria-label": "Jouw code" },
    make("strong", { textContent: "Jouw code" }), shown,
    make("p", { textContent: "Schrijf hem op waar niemand kijkt. Zonder code kun je niet terug. Wij kunnen hem niet opzoeken. Geef hem aan niemand." }),
    make("div", { className: "row" }, copy, kept), again);

  function turn(checking) {
    again.hidden = !checking;
    shown.hidden = copy.hidden = kept.hidden = checking;
    (checking ? typed : kept).focus();
  }

  again.addEventListener("submit", (event) => {
    event.preventDefault();
    if (digits(typed.value) !== digits(code)) return say("Dat is niet dezelfde code. Kijk nog eens.");
    typed.value = "";
    say("");
    again.replaceChildren(make("p", { className: "fine", tabIndex: -1, textContent: "De code klopt. Je kunt er later mee terugkomen." }));
    again.firstChild.focus();
    noted();
  });
  return card;
}
