/** Sounds and vibration for each verdict, to be recognised without looking at the screen. */

import type { Face } from "./verdict";

/** Tones in hertz and milliseconds; 0 hertz is a pause. */
type Tune = readonly (readonly [pitch: number, length: number])[];

const TUNES: { readonly [face in Face]?: Tune } = {
  paid: [[880, 120], [1319, 220]],
  part: [[880, 120], [0, 80], [523, 250]],
  refused: [[196, 250], [0, 80], [196, 350]],
  not_undone: [[196, 250], [0, 80], [196, 350]],
  open: [[523, 150]],
  undone: [[880, 120], [587, 220]],
};

const SHAKES: { readonly [face in Face]?: number[] } = {
  paid: [150],
  part: [150, 80, 80],
  refused: [300, 120, 300],
  not_undone: [300, 120, 300],
  open: [80, 80, 80],
};

const LOUDNESS = 0.3;
const MS = 1000;

let context: AudioContext | null = null;

/** Enable sound. To be called on a user gesture, which browsers require. */
export function readySound(): void {
  if (typeof AudioContext === "undefined") return;
  context ??= new AudioContext();
  void context.resume().catch(() => undefined);
}

/** Play the sound and vibration of a verdict. */
export function signal(face: Face, muted: boolean): void {
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(SHAKES[face] ?? []);
  if (!muted && context?.state === "running") play(context, TUNES[face] ?? []);
}

function play(audio: AudioContext, tune: Tune): void {
  let at = audio.currentTime;
  for (const [pitch, length] of tune) {
    const end = at + length / MS;
    if (pitch > 0) {
      const volume = new GainNode(audio, { gain: LOUDNESS });
      const tone = new OscillatorNode(audio, { type: pitch < 300 ? "square" : "sine", frequency: pitch });
      tone.connect(volume).connect(audio.destination);
      tone.start(at);
      tone.stop(end);
    }
    at = end;
  }
}
