// Lists of lines that a visitor can change: the summary before it is kept, and afterwards what the meldpunt may do.
import { button, make } from "/static/make.js";

const SAID = { ja: "ja", nee: "nee", later: "weet ik nog niet" };
const SURE = {
  erases_everything: ["Dan wissen we alles: je melding, dit gesprek en je code. Dit kan niet terug. Weet je het zeker?", "Ja, wis alles"],
  erases_own_words: ["Dan halen we jouw zinnen weg, uit de melding en uit dit gesprek. Dit kan niet terug. Weet je het zeker?", "Ja, haal ze weg"],
};

const line = (text, ...buttons) => make("li", {}, make("span", { textContent: text }), ...buttons);

/** The numbered lines in Sam's `words`; `choose(value, label, text)` when one is to be changed or taken away. */
export function summaryLines(words, choose) {
  const list = make("ol", { className: "lines" });
  for (const [, text] of words.matchAll(/^\d+\. (.+)$/gm)) {
    const turn = (value, label) => button(label, () => choose(value, `${label}: ${text}`, text), { "aria-label": `${label}: ${text}` });
    list.append(line(text, turn("change", "Verander"), turn("remove", "Haal weg")));
  }
  return list;
}

/** What was agreed to; `change(item, value, label)` after asking `sure(question, yes, go)` about what cannot be undone. */
export function consentLines(items, change, sure) {
  const list = make("ul", { className: "lines" });
  for (const { item, label, value, no_means } of items) {
    const [to, text] = value === "ja" ? ["no", "Toch niet"] : ["yes", "Toch wel"];
    const go = () => change(item, to, `${label}: ${to === "no" ? "Nee" : "Ja"}`);
    const turn = () => (to === "no" && SURE[no_means] ? sure(...SURE[no_means], go) : go());
    list.append(line(`${label}: ${SAID[value] ?? "niet gevraagd"}`, button(text, turn, { "aria-label": `${text}: ${label}` })));
  }
  return list;
}
