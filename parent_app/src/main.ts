import { mount } from "svelte";
import "web_shared/design/app.css";
import "./app.css";
import Root from "./App.svelte";
import { App } from "./core/app";
import type { Screen } from "./core/state";
import { warmUp } from "./core/warm";
import { takeFragment } from "web_shared/page";
import { pickLanguage, wordsIn } from "./texts";

/** While these are shown, a letter is on its way to its first code. */
const FIRST_STEPS: readonly Screen[] = ["reading", "name"];

async function start(): Promise<void> {
  const app = await App.start(takeFragment());
  addEventListener("hashchange", () => {
    const fragment = takeFragment();
    if (fragment !== "") void app.begin(fragment);
  });
  const words = await wordsIn(pickLanguage(app.state.view.settings.language, navigator.languages));
  mount(Root, { target: document.getElementById("app")!, props: { app, words } });
  await pastFirstSteps(app);
  void warmUp();
  void app.learnHelp();
  void import("web_shared/design/font.css");
  if ("serviceWorker" in navigator) {
    void navigator.serviceWorker.register("/service-worker.js").catch(() => undefined);
  }
}

/** What a code can be shown without, a slow line leaves until then. */
function pastFirstSteps(app: App): Promise<void> {
  return new Promise((resolve) => {
    app.state.subscribe(({ screen }) => {
      if (!FIRST_STEPS.includes(screen)) resolve();
    });
  });
}

void start();
