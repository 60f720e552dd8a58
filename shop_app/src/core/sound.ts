/** Sounds and vibration for each verdict, to be recognised without looking at the screen. */

import type { Settings } from "./model";
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

/** Milliseconds of vibration, and of the pauses between. */
const SHAKES: { readonly [face in Face]?: readonly number[] } = {
  paid: [150],
  part: [150, 80, 80],
  refused: [300, 120, 300],
  not_undone: [300, 120, 300],
  open: [80, 80, 80],
};

/** What a trial in the settings makes heard and felt, and the pause between in milliseconds. */
const TRIAL: readonly Face[] = ["paid", "refused"];
const PAUSE = 700;

const LOUDNESS = 0.3;
const MS = 1000;

let context: AudioContext | null = null;

/** Whether the browser can make the device vibrate; some do not tell that the device cannot. */
export const CAN_VIBRATE = typeof navigator !== "undefined" && "vibrate" in navigator;

/** Enable sound. To be called on a user gesture, which browsers require. */
export async function readySound(): Promise<void> {
  if (typeof AudioContext === "undefined") return;
  context ??= new AudioContext();
  await context.resume().catch(() => undefined);
}

/** Play the sound and vibration of a verdict, as far as the settings want them. */
export function signal(face: Face, { muted, still }: Pick<Settings, "muted" | "still">): void {
  if (!still && navigator.userActivation?.hasBeenActive) shake(SHAKES[face] ?? []);
  if (!muted) sound(TUNES[face] ?? []);
}

/** Play the tones for paid and for refused. */
export async function trySound(): Promise<void> {
  await readySound();
  sound(TRIAL.flatMap((face, place) => [...(place > 0 ? [[0, PAUSE] as const] : []), ...(TUNES[face] ?? [])]));
}

/** Vibrate as for paid and for refused. */
export function tryVibration(): void {
  shake(TRIAL.flatMap((face, place) => [...(place > 0 ? [PAUSE] : []), ...(SHAKES[face] ?? [])]));
}

function shake(pattern: readonly number[]): void {
  navigator.vibrate?.([...pattern]);
}

function sound(tune: Tune): void {
  if (context?.state === "running") play(context, tune);
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
