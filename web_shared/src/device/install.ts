/** Installation on the home screen. */

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
  return isIos() ? "ios" : "menu";
}

/** An iPad calls itself a Macintosh, which has no touch screen. */
function isIos(): boolean {
  const { userAgent, maxTouchPoints } = navigator;
  return /iPhone|iPad|iPod/.test(userAgent) || (userAgent.includes("Macintosh") && maxTouchPoints > 1);
}

export async function install(): Promise<void> {
  await offered?.prompt();
  offered = null;
}
