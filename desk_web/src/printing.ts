/** Printing of a page, or of something that is made in the browser and is on the page only while it is printed. */

import { make } from "./elements";

/** Let the buttons on a page that is meant for paper print it. */
export function letButtonsPrint(): void {
  for (const button of document.querySelectorAll<HTMLElement>("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
}

/** Print elements alone, each on its own sheets, and remove them afterwards. */
export function printAlone(sheets: readonly Element[]): Promise<void> {
  const place = make("div", { class: "kp-print" }, ...sheets);
  document.documentElement.classList.add("kp-printing");
  document.body.append(place);
  return new Promise((resolve) => {
    addEventListener(
      "afterprint",
      () => {
        place.remove();
        document.documentElement.classList.remove("kp-printing");
        resolve();
      },
      { once: true },
    );
    print();
  });
}
