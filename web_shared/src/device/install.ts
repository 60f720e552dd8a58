/** Installation on the home screen. */

import { isIos } from "./ios";

export type InstallWay = "button" | "ios" | "menu" | "installed";

interface InstallPrompt extends Event {
  prompt: () => Promise<unknown>;
}

let offered: InstallPrompt | null = null;

addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault(); // the app has its own button for it
  offered = event as InstallPrompt;
});

export function installWay(): InstallWay {
  if (matchMedia("(display-mode: standalone)").matches) return "installed";
  if (offered) return "button";
  return isIos(navigator) ? "ios" : "menu";
}

export async function install(): Promise<void> {
  await offered?.prompt();
  offered = null;
}
