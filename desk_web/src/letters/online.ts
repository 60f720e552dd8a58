/** The desk's page that makes a run: the order is in the page, and the file goes into its form. */

import { alertBox, make, paragraph } from "../elements";
import { fill } from "../sending";
import { type Words, wordsIn } from "../texts";
import { Maker } from "./maker";
import { readOrder } from "./order";

export async function startRun(section: HTMLElement): Promise<void> {
  const words = await wordsIn(document.documentElement.lang);
  try {
    const order = readOrder(section.querySelector("[data-order]")!.textContent ?? "");
    const form = section.querySelector<HTMLFormElement>("form[data-hand-in]")!;
    form.remove();
    const maker = new Maker(order, words, (run, handedIn) => {
      fill(form, { content: [run.file], sha256: [run.sha256] });
      form.hidden = false;
      form.addEventListener("submit", handedIn);
      const [how, failed] = order.blank ? (["run_hand_in_blank", "run_hand_in_failed_blank"] as const) : (["run_hand_in", "run_hand_in_failed"] as const);
      return [paragraph(words.say(how)), form, paragraph(words.say(failed))];
    });
    section.append(maker.root);
  } catch {
    section.append(unreadable(words));
  }
}

function unreadable(words: Words): HTMLElement {
  return make("div", { role: "alert" }, alertBox("error", words.say("trouble_order_unreadable")));
}
