// The line to the sandbox: what the person does goes out, what the page shows comes in.

const waiting = new Map();
let socket = null;
let count = 0;
let pause = 200;
let edition = null;

export function connect(draw) {
  const at = encodeURIComponent(location.pathname + location.search);
  socket = new WebSocket(`ws://${location.host}/live?at=${at}`);
  socket.addEventListener("open", () => { pause = 200; lost(false); });
  socket.addEventListener("message", ({ data }) => receive(JSON.parse(data), draw));
  socket.addEventListener("close", () => {
    lost(true);
    waiting.forEach((settle) => settle({ hint: "The sandbox does not answer." }));
    waiting.clear();
    setTimeout(() => connect(draw), pause = Math.min(pause * 2, 3000));
  });
}

function receive(said, draw) {
  if (said.edition && said.edition !== (edition ??= said.edition)) startOver();
  if (said.at) history.pushState(null, "", said.at);
  if (said.regions) draw(said.regions);
  waiting.get(said.answer)?.(said);
  waiting.delete(said.answer);
}

export function send(message) {
  const text = JSON.stringify(message);
  if (socket?.readyState === WebSocket.OPEN) socket.send(text);
  else if (!edition) socket?.addEventListener("open", () => socket.send(text)); // clicked before the page was ready
}

export function ask(message) {
  count += 1;
  return new Promise((settle) => {
    waiting.set(count, settle);
    send({ ...message, n: count });
  });
}

// Another sandbox answers, as after a reset: what was open is gone, and the person stays.
const startOver = () => location.assign(location.pathname.split("/").slice(0, 3).join("/"));

const lost = (isLost) => { document.getElementById("line").hidden = !isLost; };
