/** The page of a new official: generates a key for an invitation. */

import { takeFragment } from "web_shared/page";
import { groupText } from "web_shared/protocol/base32";
import { toHex } from "web_shared/protocol/bytes";
import { OFFICIAL_PREFIX, officialCode } from "web_shared/protocol/enrolment";
import type { Keys } from "./core/keys";
import { isInvitation, proveKey, readInvited } from "./core/signing";
import { field } from "./parts";
import { passphraseFields } from "./passphrase";
import { signBeforeSending } from "./sending";
import type { Words } from "./texts";

export async function newOfficial(form: HTMLFormElement, keys: Keys, words: Words): Promise<void> {
  const invitation = field(words.say("invitation"), { spellcheck: "false" }, words.say("invitation_hint"));
  if (invited()) invitation.input.value = takeFragment();
  // A change of fragment does not load the page.
  addEventListener("hashchange", () => invited() && location.reload());
  const passphrase = passphraseFields(words, await keys.hasPassphrase());
  // Grouped, since errors are located by group.
  invitation.input.addEventListener("change", () => {
    const { value } = invitation.input;
    if (!value.includes("#")) invitation.input.value = groupText(value);
  });
  const asked = [...(isInvitation(invitation.input.value) ? [] : [invitation.root]), ...passphrase.roots];
  signBeforeSending(form, words, asked, async () => {
    const secret = readInvited(invitation.input.value);
    const given = passphrase.take();
    const made = await keys.makeFor(secret, words.say("name_mine"), given);
    const { address, signature } = await keys.use(made, given, proveKey);
    return { secret: [toHex(secret)], address: [address], signature: [signature] };
  });
}

function invited(): boolean {
  return location.hash.startsWith(OFFICIAL_PREFIX);
}

/** Show the official code, computed from the key and not taken from the server. */
export async function showOfficialCode(place: HTMLElement, keys: Keys): Promise<void> {
  const address = await keys.newest();
  if (address !== null) place.textContent = officialCode(address);
}
