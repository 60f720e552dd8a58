/** The texts of refusals, for when the server's own are not at hand. */

import type { RefusalCode } from "./problems";
import refusals from "./refusals.json";

/** Title and hint of a refusal. */
export function refusalText(code: RefusalCode, language: string): { title: string; hint: string } {
  const [title, hint] = refusals[language === "nl" ? "nl" : "en"][code] as [string, string];
  return { title, hint };
}
