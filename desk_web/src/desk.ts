/** What the municipality's pages do in the browser: keep forms, and what needs a key, loaded only there. */

import "./desk.css";
import { Drafts } from "./core/drafts";
import { keepDrafts } from "./drafts";

const SIGNED = "[data-keys], [data-signed-out], [data-official-code], form[data-sign-messages], form[data-new-official]";

keepDrafts(new Drafts(sessionStorage));
if (document.querySelector(SIGNED)) void import("./signer").then(({ start }) => start());
