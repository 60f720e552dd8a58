/** The page that shows what is left on paper. It keeps nothing, and asks only for what everybody gets. */

import { mount } from "svelte";
import { takeFragment } from "web_shared/page";
import { startApp } from "web_shared/starting";
import "web_shared/design/app.css";
import "web_shared/design/screens.css";
import "web_shared/design/font.css";
import "../../src/app.css";
import "./paper.css";
import Page from "./Page.svelte";
import { pickLanguage, wordsIn } from "./texts";

const firstWords = () => wordsIn(pickLanguage(navigator.languages));

async function start(): Promise<void> {
  takeFragment(); // a letter's link that was opened here by mistake
  mount(Page, { target: document.getElementById("app")!, props: { words: await firstWords() } });
}

void startApp(start, firstWords);
