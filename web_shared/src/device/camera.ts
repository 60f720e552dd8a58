/** Reading a QR code with the camera or from a photo; the reader is loaded when it is needed. */

import { piece } from "./pieces";
import { Trouble } from "./trouble";

/** When the browser does not tell of each frame. */
const EVERY_MS = 100;
const LARGEST = 1600;
/** A code of six coupons on a phone at arm's length needs the pixels. */
const SHARP = { width: { ideal: 1920 }, height: { ideal: 1080 } };

/** Without a new picture for so long it has stopped, whatever the browser says. */
const FROZEN_MS = 3000;

export interface Camera {
  /** Turns the light on and off; null when this camera has none. */
  light: ((on: boolean) => Promise<void>) | null;
  /** Which camera it is, of those that can be chosen. */
  id: string | null;
  others: MediaDeviceInfo[];
}

export interface Watched {
  seen: (text: string) => void;
  starting: () => void;
  going: (camera: Camera) => void;
  /** It ended, and is tried again when somebody looks, another camera is there, or {@link Watching.again} is called. */
  stopped: () => void;
  /** Trouble `camera_refused` or `camera_missing`, or what the loading of the reader throws; likewise. */
  failed: (error: unknown) => void;
}

/**
 * Shows the camera in a video and tells each text that is seen, until it is ended.
 *
 * The camera is released while the page is hidden, and starts again after that. When it ends for another reason, by a
 * call, another app or a cable, it starts again by itself, once; and again when something has changed.
 */
export class Watching {
  private stream: MediaStream | null = null;
  private pending = false;
  /** Counts the starts: what an earlier one was waiting for is let go. */
  private turn = 0;

  /** @param camera the one that was chosen; else one that looks away from who holds the device */
  constructor(
    private readonly video: HTMLVideoElement,
    private readonly watched: Watched,
    private readonly camera: string | null = null,
  ) {
    document.addEventListener("visibilitychange", this.looked);
    for (const event of ["pageshow", "pagehide", "focus"]) addEventListener(event, this.looked);
    navigator.mediaDevices?.addEventListener("devicechange", this.looked);
    void this.again();
  }

  async again(): Promise<void> {
    this.release();
    const { turn } = this;
    this.pending = true;
    try {
      await this.start(turn);
    } catch (error) {
      if (turn !== this.turn) return;
      this.release();
      if (error instanceof DOMException) this.watched.stopped();
      else this.watched.failed(error);
    } finally {
      if (turn === this.turn) this.pending = false;
    }
  }

  end(): void {
    document.removeEventListener("visibilitychange", this.looked);
    for (const event of ["pageshow", "pagehide", "focus"]) removeEventListener(event, this.looked);
    navigator.mediaDevices?.removeEventListener("devicechange", this.looked);
    this.release();
  }

  private async start(turn: number): Promise<void> {
    const stream = await openCamera(this.camera);
    if (turn !== this.turn) return end(stream);
    this.stream = stream;
    this.video.srcObject = stream;
    await this.video.play();
    const { readQr } = await piece(() => import("web_shared/qr/read"));
    const camera = { light: lightOf(stream), id: cameraOf(stream), others: await findCameras() };
    if (turn !== this.turn) return;
    this.heed(stream, camera);
    this.watched.going(camera);
    void this.read(turn, readQr).catch(() => undefined);
  }

  private readonly looked = ({ type }: Event): void => {
    if (type === "pagehide" || document.visibilityState !== "visible") {
      this.release();
      this.watched.starting();
    } else if (!this.pending && !this.goes()) void this.again();
  };

  private release(): void {
    this.turn += 1;
    this.pending = false;
    if (this.stream) end(this.stream);
    this.stream = null;
    this.video.srcObject = null; // the last picture would look as if it went on
  }

  private goes(): boolean {
    const track = this.stream?.getVideoTracks()[0];
    return track?.readyState === "live" && !track.muted;
  }

  private heed(stream: MediaStream, camera: Camera): void {
    const { turn } = this;
    const track = stream.getVideoTracks()[0]!;
    const heard = (work: () => void) => (): void => {
      if (turn === this.turn) work();
    };
    track.onended = heard(() => void this.again());
    track.onmute = heard(() => this.watched.stopped());
    track.onunmute = heard(() => this.watched.going(camera));
    if (track.readyState === "ended") void this.again();
  }

  private async read(turn: number, readQr: (picture: ImageData) => Promise<string | null>): Promise<void> {
    const { video } = this;
    let [shown, since] = [video.currentTime, performance.now()];
    while (turn === this.turn) {
      const text = video.videoWidth > 0 ? await readQr(pictureOf(video, video.videoWidth, video.videoHeight)) : null;
      if (turn === this.turn && text !== null) this.watched.seen(text);
      await nextFrame(video);
      if (turn !== this.turn) return;
      if (video.currentTime !== shown) [shown, since] = [video.currentTime, performance.now()];
      else if (performance.now() - since > FROZEN_MS) return this.again();
    }
  }
}

/** @throws Trouble `photo_empty` when there is no code on it. */
export async function readPhoto(file: Blob): Promise<string> {
  const { readQr } = await piece(() => import("web_shared/qr/read"));
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (bitmap === null) throw new Trouble("photo_empty");
  const scale = Math.min(1, LARGEST / Math.max(bitmap.width, bitmap.height));
  const picture = pictureOf(bitmap, Math.round(bitmap.width * scale), Math.round(bitmap.height * scale));
  bitmap.close();
  const text = await readQr(picture);
  if (text === null) throw new Trouble("photo_empty");
  return text;
}

/** @throws Trouble when trying again does not help; else what the browser throws. */
async function openCamera(camera: string | null): Promise<MediaStream> {
  if (!navigator.mediaDevices) throw new Trouble("camera_missing");
  // A camera that was chosen once and is gone must not be in the way: both are wishes.
  const which = camera === null ? { facingMode: "environment" } : { deviceId: camera };
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { ...which, ...SHARP } });
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    if (name === "NotAllowedError" || name === "SecurityError") throw new Trouble("camera_refused");
    if (name === "NotReadableError" || name === "AbortError") throw error;
    throw new Trouble("camera_missing");
  }
}

function end(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop(); // which tells nobody that it ended
}

function lightOf(stream: MediaStream): Camera["light"] {
  const [track] = stream.getVideoTracks();
  const able = track?.getCapabilities?.() as { torch?: boolean } | undefined;
  if (!track || !able?.torch) return null;
  return (on) => track.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] });
}

function cameraOf(stream: MediaStream): string | null {
  return stream.getVideoTracks()[0]?.getSettings().deviceId ?? null;
}

/** They have names only once the camera may be used. */
async function findCameras(): Promise<MediaDeviceInfo[]> {
  const all = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  return all.filter(({ kind }) => kind === "videoinput");
}

function nextFrame(video: HTMLVideoElement): Promise<unknown> {
  const pause = new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  if (!("requestVideoFrameCallback" in video)) return pause;
  return Promise.race([pause, new Promise((resolve) => video.requestVideoFrameCallback(resolve))]);
}

let canvas: HTMLCanvasElement | undefined;

function pictureOf(source: CanvasImageSource, width: number, height: number): ImageData {
  canvas ??= document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.drawImage(source, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}
