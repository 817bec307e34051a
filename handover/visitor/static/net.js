// The conversation's line to handover: a WebSocket, and where that is blocked the same frames over plain HTTP.
const API = "/api/v1";
const FIRST_RETRY_MS = 400;
const LAST_RETRY_MS = 10000;
const WELCOME_MS = 6000;
const ACK_MS = 10000;
const LONG_POLL_S = 25;
const ENDED = [401, 404, 410];

async function post(path, body, signal) {
  const answer = await fetch(API + path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body ?? {}),
    credentials: "omit",
    cache: "no-store",
    signal,
  });
  const data = answer.headers.get("content-type")?.includes("json") ? await answer.json() : {};
  if (!answer.ok) throw Object.assign(new Error(data.title || String(answer.status)), { status: answer.status, problem: data });
  return data;
}

export const openConversation = () => post("/conversations");
export const openByCode = (code) => post("/receipts", { code });

/** A resumable line for a token, or the promise of one: the socket opens while the token is still on its way. Calls `onFrame(frame)` for every frame and `onState("online" | "offline")`. */
export class Line {
  constructor(token, onFrame, onState) {
    Object.assign(this, { token: Promise.resolve(token), onFrame, onState, after: 0, waiting: new Map(), closed: false, stopper: new AbortController() });
    this.wake = () => {
      this.failures = 0;
      this.again?.();
    };
    this.lost = () => this.drop();
    addEventListener("online", this.wake);
    addEventListener("offline", this.lost);
  }

  /** Keep the line open until it is closed: two tries by socket, then one by HTTP, which stays while it works. */
  async open() {
    for (this.failures = 0; !this.closed; ) {
      const worked = this.failures % 3 === 2 ? await this.byHttp() : await this.bySocket();
      if (this.closed) return;
      this.onState("offline");
      this.failures = worked ? 0 : this.failures + 1;
      const pause = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.max(0, this.failures - 2));
      await new Promise((done) => {
        this.again = done;
        setTimeout(done, pause);
      });
    }
  }

  /** One socket, from hello to its end; true when it was welcomed. */
  bySocket() {
    return new Promise((done) => {
      const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}${API}/conversation`);
      this.socket = socket;
      let welcomed = false;
      const end = () => {
        clearTimeout(late);
        socket.onclose = socket.onmessage = socket.onopen = null;
        socket.close();
        if (this.socket === socket) this.socket = null;
        done(welcomed);
      };
      const late = setTimeout(end, WELCOME_MS);
      socket.end = end;
      socket.onopen = async () => {
        const token = await this.token.catch(() => "");
        if (token && this.socket === socket) socket.send(JSON.stringify({ type: "hello", token, after: this.after }));
      };
      socket.onmessage = (event) => {
        const frame = JSON.parse(event.data);
        if (frame.type === "welcome") {
          welcomed = true;
          clearTimeout(late);
        }
        this.receive(frame);
      };
      socket.onclose = end;
    });
  }

  /** Long polls until one fails; true when one worked. */
  async byHttp() {
    let worked = false;
    try {
      while (!this.closed) {
        const wait = worked ? LONG_POLL_S : 0; // the first one tells that the line is there
        const data = await post("/conversation/poll", { token: await this.token, after: this.after, wait }, this.stopper.signal);
        this.http = true;
        for (const frame of data.frames ?? []) this.receive(worked && frame.type === "welcome" ? { ...frame, type: "mode" } : frame);
        worked = true;
      }
    } catch (problem) {
      this.failed(problem);
    }
    this.http = false;
    return worked;
  }

  failed(problem) {
    if (ENDED.includes(problem.status)) this.receive({ type: "error", code: "unknown_token", ...problem.problem });
  }

  receive(frame) {
    if (this.closed) return;
    if (frame.type === "message") {
      if (frame.seq <= this.after) return;
      this.after = frame.seq;
      if (frame.id) this.waiting.delete(frame.id);
    }
    // Refused for good: never sent again by itself; the page offers to try once more.
    if (frame.type === "ack" || (frame.type === "error" && frame.id)) this.waiting.delete(frame.id);
    if (frame.type === "welcome") this.onState("online");
    this.onFrame(frame);
    if (frame.type === "welcome") for (const waiting of [...this.waiting.values()]) this.put(waiting);
  }

  /** Send a frame; one with an id is sent again after a lost connection until it is acknowledged. */
  send(frame) {
    if (frame.id) this.waiting.set(frame.id, frame);
    this.put(frame);
  }

  put(frame) {
    if (this.http) return void this.byPost(frame);
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    this.socket.send(JSON.stringify(frame));
    const socket = this.socket;
    if (frame.id) setTimeout(() => this.waiting.has(frame.id) && socket.end(), ACK_MS);
  }

  async byPost(frame) {
    try {
      const data = await post("/conversation/frames", { token: await this.token, frames: [frame] }, this.stopper.signal);
      for (const answer of data.frames ?? []) this.receive(answer);
    } catch (problem) {
      this.failed(problem);
      if (!this.closed && this.waiting.has(frame.id)) setTimeout(() => this.waiting.has(frame.id) && this.put(frame), 3000);
    }
  }

  /** The connection is gone, or thought to be: begin again with what is not acknowledged. */
  drop() {
    this.socket?.end();
  }

  close() {
    this.closed = true;
    this.waiting.clear();
    this.stopper.abort();
    removeEventListener("online", this.wake);
    removeEventListener("offline", this.lost);
    this.socket?.end();
    this.again?.();
  }
}
