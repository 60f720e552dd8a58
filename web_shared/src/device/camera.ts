/** Reading a QR code with the camera or from a photo; the reader is loaded when it is needed. */

import { piece } from "./pieces";
import { Trouble } from "./trouble";

/** When the browser does not tell of each frame. */
const EVERY_MS = 100;
const LARGEST = 1600;
/** A code of six coupons on a phone at arm's length needs the pixels. */
const SHARP = { width: { ideal: 1920 }, height: { ideal: 1080 } };

export interface Watching {
  stop: () => void;
  /** Turns the light on and off; null when this camera has none. */
  light: ((on: boolean) => Promise<void>) | null;
  /** Which camera it is, of those that can be chosen. */
  camera: string | null;
  cameras: MediaDeviceInfo[];
}

/**
 * Show the camera in a video and tell each text that is seen.
 *
 * @param camera the one that was chosen; else one that looks away from who holds the device
 * @throws Trouble `camera_refused` or `camera_missing`
 */
export async function watch(
  video: HTMLVideoElement,
  seen: (text: string) => void,
  camera: string | null = null,
): Promise<Watching> {
  const stream = await openCamera(camera);
  const end = (): void => stream.getTracks().forEach((track) => track.stop());
  let going = true;
  try {
    video.srcObject = stream;
    await video.play();
    const { readQr } = await piece(() => import("web_shared/qr/read"));
    void (async () => {
      while (going) {
        const text = video.videoWidth > 0 ? await readQr(pictureOf(video, video.videoWidth, video.videoHeight)) : null;
        if (going && text !== null) seen(text);
        await nextFrame(video);
      }
    })().catch(() => undefined);
  } catch (error) {
    end();
    throw error;
  }
  const stop = (): void => {
    going = false;
    end();
  };
  return { stop, light: lightOf(stream), camera: cameraOf(stream), cameras: await findCameras() };
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

async function openCamera(camera: string | null): Promise<MediaStream> {
  if (!navigator.mediaDevices) throw new Trouble("camera_missing");
  // A camera that was chosen once and is gone must not be in the way: both are wishes.
  const which = camera === null ? { facingMode: "environment" } : { deviceId: camera };
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { ...which, ...SHARP } });
  } catch (error) {
    const refused = error instanceof DOMException && error.name === "NotAllowedError";
    throw new Trouble(refused ? "camera_refused" : "camera_missing");
  }
}

function lightOf(stream: MediaStream): Watching["light"] {
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
