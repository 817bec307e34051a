// Leaving at once: the page goes white, the socket drops, what was kept is cleared, and a neutral page takes this one's place.
const WINDOW_MS = 1500;
const NEEDED = { Shift: 3, Escape: 2 };

/** Take everything off the screen. Nothing here may fail before the words are gone. */
export function hide() {
  const ghost = document.createElement("div");
  ghost.className = "gone";
  document.body.replaceChildren(ghost);
}

/** Leave now. `clear` drops the connection and everything kept; `to` is the neutral address. */
export function leaveNow(clear, to) {
  hide();
  document.title = "Informatie";
  try {
    clear();
  } finally {
    sessionStorage.clear();
    location.replace(to);
  }
}

/** On a phone Shift belongs to the on-screen keyboard: capital letters must never make somebody leave. */
function onScreen(event) {
  const typing = event.target?.matches?.("input, textarea");
  return !/^(Shift(Left|Right)|Escape)$/.test(event.code) || (event.key === "Shift" && typing && matchMedia("(pointer: coarse)").matches);
}

/** Shift three times (left, right or both) or Esc twice, quickly and with nothing between, calls `leave`. */
export function listenForKeys(leave) {
  let last = "";
  let times = [];
  addEventListener("keydown", (event) => {
    if (event.repeat) return;
    if (event.key !== last || event.isComposing) times = [];
    last = event.key;
  }, true);
  addEventListener("keyup", (event) => {
    if (!(event.key in NEEDED) || event.key !== last || event.isComposing || onScreen(event)) return;
    const now = performance.now();
    times = [...times.filter((time) => now - time < WINDOW_MS), now];
    if (times.length >= NEEDED[event.key]) leave();
  }, true);
  addEventListener("pointerdown", () => (times = []), true);
}

/** What goes for every page: the button, the keys, other tabs of this conversation, and nothing left to go back to. */
export function guard(link, clear) {
  const tabs = new BroadcastChannel("weg");
  const go = () => leaveNow(clear, link.href);
  tabs.onmessage = go;
  const leave = () => {
    hide();
    tabs.postMessage("weg");
    go();
  };
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
  listenForKeys(leave);
  addEventListener("pagehide", hide);
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  for (const inner of document.querySelectorAll("a[data-replace]")) {
    inner.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      location.replace(inner.href);
    });
  }
}
