/** Scripts of the municipality's pages: drafts on every page, and the signer on pages that need a key. */

import "./desk.css";
import { Drafts } from "./core/drafts";
import { keepDrafts } from "./drafts";

const NEEDS_KEY = "[data-keys], [data-signed-out], [data-official-code], form[data-sign-messages], form[data-new-official]";

keepDrafts(new Drafts(sessionStorage));
if (document.querySelector(NEEDS_KEY)) void import("./signer").then(({ start }) => start());
