/** A passphrase, another one, and the rule with little work, so that tests do not wait. */

import { PASSPHRASE, type Rule } from "web_shared/device/secrets";

export const PHRASE = "vier losse woorden";
export const OTHER = "Vier losse woorden";
export const QUICK: Rule = { ...PASSPHRASE, work: { name: "pbkdf2", rounds: 1 } };
