// A page without a conversation: only the ways out.
import { guard } from "/static/exit.js";

guard(document.getElementById("leave"), () => {});
