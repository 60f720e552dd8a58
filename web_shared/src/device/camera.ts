/** Reads QR codes with the camera or from a photo; the decoder is loaded on first use. */

import { loadChunk } from "./chunks";
import { Trouble } from "./trouble";

/** Interval between pictures when the browser has no `requestVideoFrameCallback`. */
const EVERY_MS = 100;
/** Photos are scaled down to this many pixels on their longer side. */
const LARGEST = 1600;
/** The resolution that a code of six coupons on a phone at arm's length needs. */
const SHARP = { width: { ideal: 1920 }, height: { ideal: 1080 } };

/** Without a new frame for this long, the stream counts as stopped, although the browser reports it as live. */
const FROZEN_MS = 3000;

export interface Camera {
  /** Turns the light on and off; null when this camera has none. */
  light: ((on: boolean) => Promise<void>) | null;
  /** Its `deviceId`. */
  id: string | null;
  /** All cameras of the device, this one included. */
  all: MediaDeviceInfo[];
}

/** What a {@link CameraReader} reports. */
export interface CameraEvents {
  seen: (text: string) => void;
  starting: () => void;
  going: (camera: Camera) => void;
  /** The stream ended. It restarts when the page is shown, the set of cameras changes, or on {@link CameraReader.again}. */
  stopped: () => void;
  /** Trouble `camera_refused` or `camera_missing`, or an error of loading the decoder. It restarts as after `stopped`. */
  failed: (error: unknown) => void;
}

/**
 * Shows the camera in a video element and reports the text of each QR code in it, until `end` is called.
 *
 * The camera is released while the page is hidden, and restarts when it is shown. When the stream ends for another
 * reason (a phone call, another app, an unplugged cable), it restarts immediately, and when that fails as soon as the
 * page is shown or focused or the set of cameras changes.
 */
export class CameraReader {
  private stream: MediaStream | null = null;
  private pending = false;
  /** Number of starts; pending work of an earlier start is discarded. */
  private turn = 0;

  /** @param camera the `deviceId` that was chosen; null for the rear camera */
  constructor(
    private readonly video: HTMLVideoElement,
    private readonly events: CameraEvents,
    private readonly camera: string | null = null,
  ) {
    document.addEventListener("visibilitychange", this.changed);
    for (const event of ["pageshow", "pagehide", "focus"]) addEventListener(event, this.changed);
    navigator.mediaDevices?.addEventListener("devicechange", this.changed);
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
      if (error instanceof DOMException) this.events.stopped();
      else this.events.failed(error);
    } finally {
      if (turn === this.turn) this.pending = false;
    }
  }

  end(): void {
    document.removeEventListener("visibilitychange", this.changed);
    for (const event of ["pageshow", "pagehide", "focus"]) removeEventListener(event, this.changed);
    navigator.mediaDevices?.removeEventListener("devicechange", this.changed);
    this.release();
  }

  private async start(turn: number): Promise<void> {
    const stream = await openCamera(this.camera);
    if (turn !== this.turn) return end(stream);
    this.stream = stream;
    this.video.srcObject = stream;
    await this.video.play();
    const { readQr } = await loadChunk(() => import("web_shared/qr/read"));
    const camera = { light: lightOf(stream), id: cameraOf(stream), all: await findCameras() };
    if (turn !== this.turn) return;
    this.listen(stream, camera);
    this.events.going(camera);
    void this.read(turn, readQr).catch(() => undefined);
  }

  private readonly changed = ({ type }: Event): void => {
    if (type === "pagehide" || document.visibilityState !== "visible") {
      this.release();
      this.events.starting();
    } else if (!this.pending && !this.isLive()) void this.again();
  };

  private release(): void {
    this.turn += 1;
    this.pending = false;
    if (this.stream) end(this.stream);
    this.stream = null;
    this.video.srcObject = null; // otherwise the last frame stays, and looks like a live picture
  }

  private isLive(): boolean {
    const track = this.stream?.getVideoTracks()[0];
    return track?.readyState === "live" && !track.muted;
  }

  private listen(stream: MediaStream, camera: Camera): void {
    const { turn } = this;
    const track = stream.getVideoTracks()[0]!;
    const whileCurrent = (work: () => void) => (): void => {
      if (turn === this.turn) work();
    };
    track.onended = whileCurrent(() => void this.again());
    track.onmute = whileCurrent(() => this.events.stopped());
    track.onunmute = whileCurrent(() => this.events.going(camera));
    if (track.readyState === "ended") void this.again();
  }

  private async read(turn: number, readQr: (picture: ImageData) => Promise<string | null>): Promise<void> {
    const { video } = this;
    let [shown, since] = [video.currentTime, performance.now()];
    while (turn === this.turn) {
      const text = video.videoWidth > 0 ? await readQr(pictureOf(video, video.videoWidth, video.videoHeight)) : null;
      if (turn === this.turn && text !== null) this.events.seen(text);
      await nextFrame(video);
      if (turn !== this.turn) return;
      if (video.currentTime !== shown) [shown, since] = [video.currentTime, performance.now()];
      else if (performance.now() - since > FROZEN_MS) return this.again();
    }
  }
}

/** @throws Trouble `photo_empty` when there is no QR code on it. */
export async function readPhoto(file: Blob): Promise<string> {
  const { readQr } = await loadChunk(() => import("web_shared/qr/read"));
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (bitmap === null) throw new Trouble("photo_empty");
  const scale = Math.min(1, LARGEST / Math.max(bitmap.width, bitmap.height));
  const picture = pictureOf(bitmap, Math.round(bitmap.width * scale), Math.round(bitmap.height * scale));
  bitmap.close();
  const text = await readQr(picture);
  if (text === null) throw new Trouble("photo_empty");
  return text;
}

/** @throws Trouble when a retry does not help, otherwise the browser's error. */
async function openCamera(camera: string | null): Promise<MediaStream> {
  if (!navigator.mediaDevices) throw new Trouble("camera_missing");
  // Both are preferences and not `exact`: a camera that was chosen earlier may have been removed.
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
  for (const track of stream.getTracks()) track.stop(); // fires no `ended` event
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

/** Their labels are empty until the user has given permission. */
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
