// The chat at /try: text and hold-to-talk over one WebSocket (see bot/channels/chat.py).
const words = JSON.parse(document.getElementById("words").textContent);
const talk = document.getElementById("talk");
const state = document.getElementById("state");
const hold = document.getElementById("hold");
const sound = document.getElementById("sound");
const bar = document.getElementById("bar");
const input = document.getElementById("text");

const SHORTEST = 400; // ms: a tap is no speech

let socket;
let greeted = false;
let waiting = null; // the reply whose sound comes next
let recording = null; // {begun} while the button is held
let microphone = null;
let player = null;

function identity() {
  let id = localStorage.getItem("linsheng-try");
  if (!id) {
    id = Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join("");
    localStorage.setItem("linsheng-try", id);
  }
  return id;
}

function bubble(text, kind) {
  const item = document.createElement("li");
  item.className = kind;
  item.textContent = text;
  talk.append(item);
  down();
  return item;
}

function down() {
  window.scrollTo(0, document.documentElement.scrollHeight); // the bar at the bottom covers nothing then
}

function connect() {
  const address = new URL("/media", location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(address);
  socket.binaryType = "arraybuffer";
  socket.onopen = () => {
    state.textContent = "";
    tell({ type: "hello", from: identity(), greet: !greeted, muted: muted() });
    greeted = true;
  };
  socket.onmessage = (event) => (typeof event.data === "string" ? take(JSON.parse(event.data)) : voiced(event.data));
  socket.onclose = () => {
    state.textContent = words.lost;
    setTimeout(connect, 2000);
  };
}

function tell(message) {
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

function take(message) {
  if (message.type === "heard") {
    bubble(message.text || words.unheard, "mine");
    state.textContent = words.thinking;
  } else if (message.type === "say") {
    state.textContent = "";
    const item = bubble("", "theirs");
    item.append(...linked(message.text, message.ticket));
    waiting = item;
    down();
  } else if (message.type === "error") {
    state.textContent = "";
    bubble(message.message, "note");
  }
}

// The ticket's long address becomes a link a finger can hit, where it stands in the text or at its end.
function linked(text, ticket) {
  if (!ticket) return [text];
  const link = document.createElement("a");
  link.href = ticket.url;
  link.className = "ticket";
  link.target = "_blank";
  link.rel = "noopener";
  link.textContent = `${words.ticket} ${ticket.number}`;
  const [before, ...after] = text.split(ticket.url);
  return after.length ? [before, link, after.join(ticket.url)] : [`${text}\n`, link];
}

function voiced(bytes) {
  if (!waiting) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "small play";
  button.textContent = `▶ ${words.listen}`;
  const address = URL.createObjectURL(new Blob([bytes], { type: "audio/mpeg" }));
  button.onclick = () => play(address, button);
  waiting.append(document.createElement("br"), button);
  down();
  waiting = null;
  if (!muted() && !recording) play(address, button);
}

function play(address, button) {
  quiet();
  player = new Audio(address);
  player.onplay = () => (button.textContent = `♪ ${words.listening}`);
  player.onpause = () => (button.textContent = `▶ ${words.listen}`);
  player.play().catch(() => {}); // a browser that wants a tap first keeps its button
}

function quiet() {
  if (player) player.pause();
  player = null;
}

function muted() {
  return sound.getAttribute("aria-pressed") !== "true";
}

sound.onclick = () => {
  const on = muted();
  sound.setAttribute("aria-pressed", String(on));
  sound.textContent = on ? sound.dataset.on : sound.dataset.off;
  if (!on) quiet();
  tell({ type: "mute", on: !on });
};

bar.onsubmit = (event) => {
  event.preventDefault();
  const text = input.value.trim();
  if (!text) return;
  bubble(text, "mine");
  state.textContent = words.thinking;
  tell({ type: "text", text });
  input.value = "";
};

async function open() {
  if (microphone) return microphone;
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  });
  let context;
  try {
    context = new AudioContext({ sampleRate: 16000 });
    context.createMediaStreamSource(stream); // some browsers refuse a rate that is not the device's
  } catch {
    context = new AudioContext();
  }
  await context.audioWorklet.addModule("/try/capture.js");
  const node = new AudioWorkletNode(context, "capture", { numberOfOutputs: 0 });
  context.createMediaStreamSource(stream).connect(node);
  node.port.onmessage = ({ data: { samples, asked } }) => {
    if (!recording || recording.begun === Infinity) return;
    if (samples.length && socket.readyState === WebSocket.OPEN) socket.send(samples.buffer);
    if (asked && recording.ending) ended();
  };
  microphone = { context, node };
  return microphone;
}

async function press(event) {
  if (recording || hold.disabled) return;
  event.preventDefault();
  if (event.pointerId !== undefined) hold.setPointerCapture(event.pointerId);
  const mine = (recording = { begun: Infinity, ending: false });
  quiet();
  hold.classList.add("down");
  hold.textContent = words.release;
  try {
    const { context, node } = await open();
    await context.resume();
    node.port.postMessage("flush"); // what was said before the button went down is nobody's business
    if (recording !== mine) return;
    tell({ type: "start", rate: 16000 });
    mine.begun = performance.now();
  } catch {
    up();
    recording = null;
    hold.disabled = true;
    bubble(words.no_microphone, "note");
    input.focus();
  }
}

function up() {
  hold.classList.remove("down");
  hold.textContent = words.hold;
}

function release() {
  if (!recording || recording.ending) return;
  up();
  if (recording.begun === Infinity) {
    recording = null;
    state.textContent = words.too_short;
    return;
  }
  recording.ending = true;
  microphone.node.port.postMessage("flush"); // its answer is the last frame
}

function ended() {
  const long = performance.now() - recording.begun > SHORTEST;
  recording = null;
  microphone.context.suspend(); // the microphone rests while nobody holds the button
  tell({ type: long ? "stop" : "cancel" });
  state.textContent = long ? words.hearing : words.too_short;
}

hold.addEventListener("pointerdown", press);
hold.addEventListener("pointerup", release);
hold.addEventListener("pointercancel", release);
hold.addEventListener("keydown", (event) => {
  if ((event.key === " " || event.key === "Enter") && !event.repeat) press(event);
});
hold.addEventListener("keyup", (event) => {
  if (event.key === " " || event.key === "Enter") release();
});
hold.addEventListener("contextmenu", (event) => event.preventDefault());

if (!window.isSecureContext || !navigator.mediaDevices) {
  bubble(words.insecure, "note");
} else if (!window.AudioWorkletNode) {
  bubble(words.no_microphone, "note");
} else {
  hold.disabled = false;
}
connect();
