/** The words of a public key, by which people compare it by voice. */

import { sha256 } from "@noble/hashes/sha2.js";

const WORDS = `
aalbes aambeeld aardbei aardig abrikoos acteur adelaar advies agenda akker alarm album ananas anker antiek
appel arend artikel asperge atlas avond azijn baard badkuip bakker balkon banaan banket barok bazaar beeld
beker berging beton beuk bever bezem bijbel biljart blauw bliksem bloem boeket boer boksen borstel bouwer
brand brief broer brons brug bunker buurman cactus camera canvas caravan cement circus citroen cockpit concert
cursus dadel dakpan dansen decor deken diamant dichter dijk dirigent dokter dolfijn dominee donder doolhof
dorp douche draak drempel druif duim duivel dwerg echo eekhoorn eend egel eiland ekster elastiek eland emmer
engel epos ezel fabriek fakkel fanfare fauteuil feest fiets figuur filter flamingo fluit fontein forel foto
framboos fruit galerij gans garage garnaal gazon geit gember gevel gieter giraf gitaar glazuur globe goud
graan granaat griffel grot haai haas hagel haring harp haven hazelaar heks helium hengel herder herfst heuvel
hond honing hotel huis ijsbeer ijzer inkt insect jager jasmijn jongleur joker juweel kaars kabel kajuit kameel
kanaal kapper karper kasteel katoen keizer kelder kers ketel kiwi klaver kleur klok koffer koning koraal krant
krokodil kwast laars ladder lagune lamp lantaarn laurier leeuw lente leraar libel lijster limoen linde
locomotief lucifer magneet makreel mammoet mandarijn mantel marmer matras meloen merel metro mijn molen
mosterd muis museum nagel narcis navel neushoorn nicht noot notaris oase oceaan olifant olijf oever orgel
otter oven paard paleis panter papier parel pauw peper perzik piano pijl pinguin piraat plant poort radijs
ridder rivier robot roos rugzak salade schaap schip sneeuw soep spiegel stoel tijger tulp vlinder zebra
`.trim().split(/\s+/);

/** Eight words of eight bits: the first bytes of the SHA-256 of the key's text. Nobody finds another key with these in time. */
const COUNT = 8;

/** @param recipient a public key of age, `age1…` */
export function keyWords(recipient: string): string[] {
  const digest = sha256(new TextEncoder().encode(recipient));
  return [...digest.subarray(0, COUNT)].map((byte) => WORDS[byte]!);
}
