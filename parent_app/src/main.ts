import { mount } from "svelte";
import "web_shared/design/app.css";
import "./app.css";
import Root from "./App.svelte";
import { App } from "./core/app";
import type { Screen } from "./core/state";
import { warmUp } from "./core/warm";
import { takeFragment } from "web_shared/page";
import { startApp } from "web_shared/starting";
import { pickLanguage, wordsIn } from "./texts";

/** Screens during which nothing else is loaded, so that a first code can be shown soon on a slow network. */
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

/** Resolves when none of {@link FIRST_STEPS} is shown. */
function pastFirstSteps(app: App): Promise<void> {
  return new Promise((resolve) => {
    app.state.subscribe(({ screen }) => {
      if (!FIRST_STEPS.includes(screen)) resolve();
    });
  });
}

void startApp(start, () => wordsIn(pickLanguage(null, navigator.languages)));
