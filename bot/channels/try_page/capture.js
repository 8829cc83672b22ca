// Runs on the browser's audio thread: microphone to 16 kHz, 16-bit mono, in frames of 100 ms.
// The context already runs at 16 kHz where the browser allows it; otherwise the mean of the samples
// each output sample covers is taken, a low-pass good enough for speech.
const RATE = 16000;
const FRAME = RATE / 10;

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.out = new Int16Array(FRAME);
    this.filled = 0;
    this.ratio = sampleRate / RATE;
    this.sum = 0;
    this.count = 0;
    this.due = this.ratio;
    this.port.onmessage = () => this.flush(true);
  }

  process(inputs) {
    const samples = inputs[0] && inputs[0][0];
    if (!samples) return true;
    for (const sample of samples) {
      this.sum += sample;
      this.count += 1;
      if (this.count >= this.due) {
        const mean = Math.max(-1, Math.min(1, this.sum / this.count));
        this.out[this.filled++] = Math.round(mean * 32767);
        this.due += this.ratio - this.count;
        this.sum = this.count = 0;
        if (this.filled === FRAME) this.flush(false);
      }
    }
    return true;
  }

  flush(asked) {
    this.port.postMessage({ samples: this.out.slice(0, this.filled), asked });
    this.filled = 0;
  }
}

registerProcessor("capture", Capture);
