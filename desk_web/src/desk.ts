/** What the municipality's pages do in the browser: only what needs a key, and only there it is loaded. */

import "./desk.css";

const SIGNED = "[data-keys], [data-signed-out], [data-official-code], form[data-sign-messages], form[data-new-official]";

if (document.querySelector(SIGNED)) void import("./signer").then(({ start }) => start());
