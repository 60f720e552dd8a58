/** Dutch texts about privacy officers. */

export const privacyNl = {
  privacy_none: "Op dit apparaat staat nog geen privacysleutel.",
  privacy_unsaved: "Druk de sleutel nu af. Zonder papier bent u hem kwijt als dit apparaat kapotgaat, en met hem alle brieven die ermee verzegeld zijn.",
  privacy_words: "De woorden van deze sleutel",
  privacy_make: "Maak een privacysleutel",
  privacy_make_again: "Maak een nieuwe privacysleutel",
  privacy_passphrase_hint: "Minstens 12 tekens, bijvoorbeeld vijf woorden die niet bij elkaar horen. Neem een andere wachtzin dan voor tekenen.",
  privacy_made: "De sleutel is gemaakt. Druk hem af.",
  privacy_print: "Druk de sleutel af",
  privacy_printed: "Leg het papier in een kluis waar de andere privacyfunctionaris niet bij kan.",
  privacy_from_paper: "Zet een sleutel van papier op dit apparaat",
  privacy_typed: "De tekens op het papier",
  privacy_typed_hint: "Ze beginnen met AGE-SECRET-KEY-1. Spaties en hoofdletters maken niet uit.",
  privacy_added: "De sleutel staat op dit apparaat.",
  privacy_paper_title: "Privacysleutel",
  privacy_paper_use: "Wie dit papier heeft, opent samen met de andere privacyfunctionaris elke verzegelde brief. Bewaar het in een kluis.",
  privacy_paper_words: "Woorden: {words}",
  trouble_identity_unreadable: "Dit zijn niet de tekens van een privacysleutel. Kijk elk groepje na.",
} as const;
