// Small helpers (written for older telephones too: no lookbehind, no ARIA properties) that make elements. Text is only ever set as text.
const NUMBERS = /\b(?:0800-(?:\d{4}|\d{7})|0900-\d{4}|033-448 11 86|112|113)(?![\w-]|\.\w)/g;

/** An element with these properties; what has no property of its name becomes an attribute. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

export function button(text, action, properties = {}) {
  const element = make("button", { type: "button", textContent: text, ...properties });
  element.addEventListener("click", action);
  return element;
}

/** A new name for a frame: 32 hexadecimal digits. */
export const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** Text with telephone numbers as tel: links; a web address stays text. */
export function linked(text) {
  const parts = make("span", { className: "words", dir: "auto" });
  let last = 0;
  for (const match of text.matchAll(NUMBERS)) {
    if (/[\w.-]/.test(text[match.index - 1] ?? " ")) continue;
    parts.append(text.slice(last, match.index), make("a", { href: `tel:${match[0].replace(/\D/g, "")}`, textContent: match[0] }));
    last = match.index + match[0].length;
  }
  parts.append(text.slice(last));
  return parts;
}
