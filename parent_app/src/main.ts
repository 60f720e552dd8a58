import { mount } from "svelte";
import "web_shared/design/app.css";
import "web_shared/design/screens.css";
import "./app.css";
import Root from "./App.svelte";
import { App } from "./core/app";
import { isReading } from "./core/state";
import { warmUp } from "./core/warm";
import { loadFont } from "web_shared/device/font";
import { takeFragment } from "web_shared/page";
import { emptyRoot, startApp } from "web_shared/starting";
import { pickLanguage, wordsIn } from "./texts";

async function start(): Promise<void> {
  const app = await App.start(takeFragment());
  addEventListener("hashchange", () => {
    const fragment = takeFragment();
    if (fragment !== "") void app.begin(fragment);
  });
  const words = await wordsIn(pickLanguage(app.state.view.settings.language, navigator.languages));
  // A first visit is drawn at once, in the device's font: on a slow network ours would come late, and move the text.
  if (isInstalled()) await loadFont();
  mount(Root, { target: emptyRoot(), props: { app, words } });
  await nothingIsRead(app);
  void warmUp();
  void app.learnHelp();
  if ("serviceWorker" in navigator) {
    void navigator.serviceWorker.register("/service-worker.js").catch(() => undefined);
  }
}

/** Whether the service worker has the app's files, so that loading one takes no network. */
function isInstalled(): boolean {
  return Boolean(navigator.serviceWorker?.controller);
}

/** Resolves when no letter is being read: until then nothing else is loaded, for a slow network. */
function nothingIsRead(app: App): Promise<void> {
  return new Promise((resolve) => {
    app.state.subscribe((view) => {
      if (!isReading(view)) resolve();
    });
  });
}

void startApp(start, () => wordsIn(pickLanguage(null, navigator.languages)));
