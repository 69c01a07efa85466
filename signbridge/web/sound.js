// Plays a sound while it is made: a browser's own player waits until it has far more of it.
// Runs once, with `element` (the part that holds the player) from Gradio.
const HEAD_BYTES = 44; // of a WAV file as the server writes it
const AHEAD_S = 0.02; // a piece begins so far ahead, for the audio thread to be ready
let playing = [];

const hush = () => {
  for (const source of playing) source.stop();
  playing = [];
};

const samplesOf = (bytes) => {
  const whole = new Int16Array(bytes.slice().buffer);
  return Float32Array.from(whole, (sample) => sample / 32768);
};

// What was heard can be played again: as a file that knows its length.
const keep = async (audio, pieces) => {
  const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer());
  const head = new DataView(bytes.buffer);
  head.setUint32(4, bytes.length - 8, true);
  head.setUint32(40, bytes.length - HEAD_BYTES, true);
  audio.autoplay = false;
  audio.src = URL.createObjectURL(new Blob([bytes], { type: "audio/wav" }));
};

const play = async (audio) => {
  hush();
  const context = (window.sbAudio ??= new AudioContext());
  context.resume();
  const mine = (playing = []);
  const pieces = [];
  let left = new Uint8Array(0);
  let rate = 0;
  let at = 0;
  const reader = (await fetch(audio.dataset.stream)).body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    if (mine !== playing) continue; // another sentence has begun
    let bytes = new Uint8Array([...left, ...value]);
    if (!rate) {
      if (bytes.length < HEAD_BYTES) { left = bytes; continue; }
      rate = new DataView(bytes.buffer).getUint32(24, true);
      bytes = bytes.subarray(HEAD_BYTES);
    }
    left = bytes.subarray(bytes.length & ~1);
    const samples = samplesOf(bytes.subarray(0, bytes.length & ~1));
    if (!samples.length) continue;
    const buffer = context.createBuffer(1, samples.length, rate);
    buffer.copyToChannel(samples, 0);
    const source = new AudioBufferSourceNode(context, { buffer });
    source.connect(context.destination);
    const first = !at;
    at = Math.max(at, context.currentTime + AHEAD_S);
    source.start(at);
    if (first) audio.dispatchEvent(new CustomEvent("heard", { bubbles: true }));
    at += buffer.duration;
    mine.push(source);
  }
  if (pieces.length) await keep(audio, pieces);
};

new MutationObserver(() => {
  const audio = element.querySelector("audio");
  if (!audio?.dataset.stream) {
    if (audio) hush();
    return;
  }
  if (audio.dataset.begun) return;
  audio.dataset.begun = "yes";
  play(audio);
}).observe(element, { childList: true, subtree: true });
