// Leaving at once: the page goes white, the socket drops, what was kept is cleared, and a neutral page takes this one's place.
const WINDOW_MS = 1500;

/** Leave now. `clear` drops the connection and everything kept; `to` is the neutral address. */
export function leaveNow(clear, to) {
  const ghost = document.createElement("div");
  ghost.className = "gone";
  document.body.replaceChildren(ghost);
  document.title = "Weer";
  clear();
  location.replace(to);
}

/** Shift three times (left and right are both Shift) or Esc twice, quickly and on their own, calls `leave`. */
export function listenForKeys(leave) {
  const pressed = { Shift: [], Escape: [] };
  const needed = { Shift: 3, Escape: 2 };
  addEventListener("keydown", (event) => {
    if (event.repeat || event.isComposing) return;
    if (!(event.key in needed)) {
      pressed.Shift = [];
      pressed.Escape = [];
    }
  });
  addEventListener("keyup", (event) => {
    // On-screen keyboards send no code for Shift: capital letters must never make somebody leave.
    if (!(event.key in needed) || !event.code) return;
    const now = performance.now();
    const times = pressed[event.key].filter((time) => now - time < WINDOW_MS);
    times.push(now);
    pressed[event.key] = times;
    if (times.length >= needed[event.key]) leave();
  });
}
