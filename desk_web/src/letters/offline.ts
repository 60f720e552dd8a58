/** The page that makes a run off line, as one file: it reads an order from a file and sends nothing. */

import "../desk.css";
import "../letters.css";
import { DeskTrouble } from "../core/trouble";
import { make, paragraph } from "../elements";
import { actForm, field } from "../parts";
import { type Words, wordsIn } from "../texts";
import { Maker } from "./maker";
import { readOrder } from "./order";

async function start(): Promise<void> {
  const lang = navigator.language.startsWith("nl") ? "nl" : "en";
  document.documentElement.lang = lang;
  const words = await wordsIn(lang);
  document.title = `Kindpakket: ${words.say("offline_title")}`;
  document.querySelector("main")!.replaceChildren(
    make("h1", { class: "utrecht-heading-2" }, words.say("offline_title")),
    paragraph(words.say("offline_intro")),
    paragraph(words.say("offline_check")),
    openOrder(words),
  );
}

function openOrder(words: Words): HTMLElement {
  const chosen = field(words.say("offline_order"), { type: "file", accept: ".json" }, words.say("offline_order_hint"));
  const form = actForm(words, [chosen.root], words.say("offline_open"), async () => {
    const file = chosen.input.files?.[0];
    if (file === undefined) throw new DeskTrouble("order_unreadable");
    const order = readOrder(await file.text());
    const maker = new Maker(order, words, () => [paragraph(words.say(order.blank ? "offline_hand_in_blank" : "offline_hand_in"))]);
    form.replaceWith(maker.root);
    maker.root.focus();
  });
  return form;
}

void start();
