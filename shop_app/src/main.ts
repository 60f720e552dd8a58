import { mount } from "svelte";
import "web_shared/design/app.css";
import "web_shared/design/font.css";
import "./app.css";
import "./office.css";
import Root from "./App.svelte";
import { App } from "./core/app";
import { pickLanguage, wordsIn } from "./texts";

/** An invitation leaves the address bar, and the browser's history, before anything else happens. */
function takeFragment(): string {
  const { hash } = location;
  if (hash !== "") history.replaceState(history.state, "", location.pathname);
  return hash;
}

async function start(): Promise<void> {
  const app = await App.start(takeFragment());
  addEventListener("hashchange", () => {
    const fragment = takeFragment();
    if (fragment !== "") void app.begin(fragment);
  });
  const words = await wordsIn(pickLanguage(app.state.view.settings.language, navigator.languages));
  mount(Root, { target: document.getElementById("app")!, props: { app, words } });
}

void start();
if ("serviceWorker" in navigator) {
  void navigator.serviceWorker.register("/winkel/service-worker.js").catch(() => undefined);
}
