import { mount } from "svelte";
import "web_shared/design/app.css";
import "web_shared/design/screens.css";
import "./app.css";
import "./office.css";
import "./verdict.css";
import Root from "./App.svelte";
import { App } from "./core/app";
import { loadFont } from "web_shared/device/font";
import { takeFragment } from "web_shared/page";
import { startApp } from "web_shared/starting";
import { pickLanguage, wordsIn } from "./texts";

async function start(): Promise<void> {
  const app = await App.start(takeFragment());
  addEventListener("hashchange", () => {
    const fragment = takeFragment();
    if (fragment !== "") void app.begin(fragment);
  });
  const words = await wordsIn(pickLanguage(app.state.view.settings.language, navigator.languages));
  mount(Root, { target: document.getElementById("app")!, props: { app, words } });
}

// Verdicts are sized for this font, so it replaces the device's whenever it arrives.
void loadFont();
void startApp(start, () => wordsIn(pickLanguage(null, navigator.languages)));
if ("serviceWorker" in navigator) {
  void navigator.serviceWorker.register("/winkel/service-worker.js").catch(() => undefined);
}
