/** Two passphrases, and the rule with cheap key stretching for fast tests. */

import { PASSPHRASE, type Rule } from "web_shared/device/secrets";

export const PHRASE = "vier losse woorden";
export const OTHER = "Vier losse woorden";
export const QUICK: Rule = { ...PASSPHRASE, work: { name: "pbkdf2", rounds: 1 } };
