// The conversation's line to handover: a WebSocket, and where that is blocked the same frames over plain HTTP.
const API = "/api/v1";
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15000;
const TRIES_BEFORE_HTTP = 3;

async function post(path, body) {
  const answer = await fetch(API + path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body ?? {}),
    credentials: "omit",
    cache: "no-store",
  });
  const data = answer.headers.get("content-type")?.includes("json") ? await answer.json() : {};
  if (!answer.ok) throw Object.assign(new Error(data.title || String(answer.status)), { status: answer.status, problem: data });
  return data;
}

export const openConversation = () => post("/conversations");
export const information = async () => (await fetch(API + "/info", { credentials: "omit", cache: "no-store" })).json();
export const openByCode = (code) => post("/receipts", { code });

/** A resumable line. Calls `onFrame(frame)` for every frame and `onState("online" | "offline")`. */
export class Line {
  constructor(token, onFrame, onState) {
    Object.assign(this, { token, onFrame, onState, after: 0, waiting: [], tries: 0, closed: false });
  }

  open() {
    if (this.closed) return;
    if (this.tries >= TRIES_BEFORE_HTTP && !this.everOpen) return this.poll();
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}${API}/conversation`);
    this.socket = socket;
    socket.onopen = () => socket.send(JSON.stringify({ type: "hello", token: this.token, after: this.after }));
    socket.onmessage = (event) => this.receive(JSON.parse(event.data));
    socket.onclose = () => {
      if (this.closed) return;
      this.onState("offline");
      this.tries += 1;
      setTimeout(() => this.open(), Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.tries));
    };
  }

  receive(frame) {
    if (frame.type === "welcome") {
      this.everOpen = true;
      this.tries = 0;
      this.onState("online");
      for (const waiting of this.waiting) this.put(waiting);
    }
    if (frame.type === "ack") this.waiting = this.waiting.filter((sent) => sent.id !== frame.id);
    if (frame.seq && frame.type === "message") {
      if (frame.seq <= this.after) return;
      this.after = frame.seq;
    }
    this.onFrame(frame);
  }

  /** Send a frame; one with an id is sent again after a lost connection until it is acknowledged. */
  send(frame) {
    if (frame.id) this.waiting.push(frame);
    this.put(frame);
  }

  put(frame) {
    if (this.http) return this.postFrames([frame]);
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  async postFrames(frames) {
    try {
      const data = await post("/conversation/frames", { token: this.token, frames });
      for (const frame of data.frames ?? []) this.receive(frame);
    } catch {
      this.onState("offline");
    }
  }

  async poll() {
    this.http = true;
    this.everOpen = true;
    while (!this.closed) {
      try {
        const data = await post("/conversation/poll", { token: this.token, after: this.after });
        this.onState("online");
        for (const frame of data.frames ?? []) this.receive(frame);
      } catch (problem) {
        if (problem.status === 401 || problem.status === 404) return;
        this.onState("offline");
        await new Promise((done) => setTimeout(done, 3000));
      }
    }
  }

  close() {
    this.closed = true;
    this.waiting = [];
    this.socket?.close();
  }
}
