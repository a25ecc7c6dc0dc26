// Two short sounds: high for "taken", low and double for "look at the screen". Off is remembered on this device.
const STORED = "clinic-sound";
const SOUNDS = {
  good: [{ hertz: 1320, from: 0, seconds: 0.08 }],
  bad: [
    { hertz: 220, from: 0, seconds: 0.14 },
    { hertz: 196, from: 0.18, seconds: 0.2 },
  ],
};

let context = null;

export function isOn() {
  return localStorage.getItem(STORED) !== "off";
}

export function play(name) {
  if (!isOn()) return;
  // Browsers refuse sound before the first key or click, so the context is made when it is needed.
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume();
  for (const { hertz, from, seconds } of SOUNDS[name]) {
    const start = context.currentTime + from;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0.12, start);
    // A sound that stops at once clicks.
    volume.gain.exponentialRampToValueAtTime(0.001, start + seconds);
    tone.connect(volume).connect(context.destination);
    tone.start(start);
    tone.stop(start + seconds);
  }
}

export function startSoundSwitch(root) {
  for (const box of root.querySelectorAll("[data-sound-switch]")) {
    box.checked = isOn();
    box.addEventListener("change", () => {
      localStorage.setItem(STORED, box.checked ? "on" : "off");
      play("good");
    });
  }
}
