/** Scripts of the municipality's pages: drafts on every page, and the signer on pages that need a key. */

import "./desk.css";
import "./letters.css";
import { Drafts } from "./core/drafts";
import { keepDrafts } from "./drafts";
import { tellFailures } from "./failing";
import { letButtonsPrint } from "./printing";
import { listenForKeys } from "./shortcuts";

const NEEDS_KEY = "[data-keys], [data-signed-out], [data-official-code], form[data-sign-messages], form[data-new-official], [data-recipient], [data-privacy-keys], [data-replace]";

tellFailures();
letButtonsPrint();
try {
  keepDrafts(new Drafts(sessionStorage));
  if (document.body.dataset.official !== undefined) listenForKeys(localStorage);
} catch (error) {
  reportError(error); // the other scripts go on
}
const run = document.querySelector<HTMLElement>("[data-make-run]");
if (run) void import("./letters/online").then(({ startRun }) => startRun(run));
if (document.querySelector(NEEDS_KEY)) void import("./signer").then(({ start }) => start());
