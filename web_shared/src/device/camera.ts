/** Reading a letter's QR with the camera or from a photo; the reader is loaded when it is needed. */

import { Trouble } from "./trouble";

const EVERY_MS = 200;
const LARGEST = 1600;

/** Show the camera in a video and tell each text that is seen; return what ends it. */
export async function watch(video: HTMLVideoElement, seen: (text: string) => void): Promise<() => void> {
  const stream = await openCamera();
  const end = (): void => stream.getTracks().forEach((track) => track.stop());
  let going = true;
  try {
    video.srcObject = stream;
    await video.play();
    const { readQr } = await import("web_shared/qr/read");
    void (async () => {
      while (going) {
        const text = video.videoWidth > 0 ? await readQr(pictureOf(video, video.videoWidth, video.videoHeight)) : null;
        if (going && text !== null) seen(text);
        await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
      }
    })().catch(() => undefined);
  } catch (error) {
    end();
    throw error;
  }
  return () => {
    going = false;
    end();
  };
}

/** @throws Trouble `photo_empty` when there is no code on it. */
export async function readPhoto(file: Blob): Promise<string> {
  const { readQr } = await import("web_shared/qr/read");
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (bitmap === null) throw new Trouble("photo_empty");
  const scale = Math.min(1, LARGEST / Math.max(bitmap.width, bitmap.height));
  const picture = pictureOf(bitmap, Math.round(bitmap.width * scale), Math.round(bitmap.height * scale));
  bitmap.close();
  const text = await readQr(picture);
  if (text === null) throw new Trouble("photo_empty");
  return text;
}

async function openCamera(): Promise<MediaStream> {
  if (!navigator.mediaDevices) throw new Trouble("camera_missing");
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch (error) {
    const refused = error instanceof DOMException && error.name === "NotAllowedError";
    throw new Trouble(refused ? "camera_refused" : "camera_missing");
  }
}

function pictureOf(source: CanvasImageSource, width: number, height: number): ImageData {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.drawImage(source, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}
