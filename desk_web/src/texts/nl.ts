/** Dutch, level B1. English has these keys. */

import { privacyNl } from "./privacy_nl";
import { replacingNl } from "./replacing_nl";
import { runNl } from "./run_nl";

export const nl = {
  ...privacyNl,
  ...replacingNl,
  ...runNl,
  keys_none: "Op dit apparaat staat nog geen sleutel.",
  key_temporary: "Tijdelijk: als u zich afmeldt, gaat deze sleutel van dit apparaat.",
  key_unsaved: "Bewaar nu een reservekopie. Zonder kopie bent u de sleutel kwijt als dit apparaat kapotgaat.",
  name_safe: "Kluissleutel",
  name_mine: "Mijn sleutel",

  sign_in: "Meld aan",
  save: "Bewaar een reservekopie",
  remove: "Verwijder van dit apparaat",
  stop: "Stop",
  busy: "Bezig…",

  draft_back: "Wat u invulde, staat er weer. Kijk het na en verstuur het opnieuw.",
  draft_file: "Het bestand moet u opnieuw kiezen.",

  passphrase: "Uw wachtzin",
  passphrase_new: "Kies een wachtzin",
  passphrase_new_hint:
    "Minstens 12 tekens, bijvoorbeeld vijf woorden die niet bij elkaar horen. De wachtzin is voor alle sleutels op dit apparaat.",
  passphrase_again: "Nog een keer dezelfde wachtzin",
  show_typed: "Toon wat ik typ",

  save_password: "Kies een wachtwoord voor de reservekopie",
  save_password_hint: "Minstens 12 tekens. Zonder dit wachtwoord kan niemand de kopie openen, ook u niet.",
  save_again: "Nog een keer hetzelfde wachtwoord",
  save_submit: "Maak het bestand",
  save_done: "{file} is klaar. Bewaar het bestand niet op dit apparaat.",

  remove_sure: "{name} verwijderen van dit apparaat? Zonder reservekopie is de sleutel voorgoed weg.",
  remove_yes: "Ja, verwijder {name}",
  remove_done: "{name} staat niet meer op dit apparaat.",

  add: "Sleutel toevoegen",
  add_submit: "Voeg de sleutel toe",
  add_done: "{name} staat nu op dit apparaat.",
  file_title: "Met een sleutelbestand",
  file: "Sleutelbestand",
  file_hint: "De naam van het bestand eindigt op .json.",
  file_password: "Wachtwoord van het bestand",
  file_name: "Naam voor deze sleutel",
  file_name_hint: "Bijvoorbeeld uw eigen naam.",
  paper_title: "Met de kluissleutel op papier",
  paper: "De tekens op het papier",
  paper_hint: "64 cijfers en letters. Spaties maken niet uit. Als u zich afmeldt, gaat de sleutel van dit apparaat.",

  signer_option: "{name} ({address})",
  invitation: "De tekens van uw uitnodiging",
  invitation_hint: "32 tekens, of de hele link.",
  typed_character: "Uitnodiging, groepje {group}: de {character} kan niet.",
  typed_short: {
    one: "Van de uitnodiging mist nog {count} teken.",
    other: "Van de uitnodiging missen nog {count} tekens.",
  },
  typed_long: {
    one: "De uitnodiging heeft {count} teken te veel.",
    other: "De uitnodiging heeft {count} tekens te veel.",
  },
  typed_groups: "Een teken van de uitnodiging klopt niet. Kijk goed naar groepje {groups}.",
  typed_somewhere: "Een paar tekens van de uitnodiging kloppen niet. Kijk elk groepje na.",
  or: "of",

  trouble_passphrase_wrong: "De wachtzin klopt niet. Probeer het opnieuw. Let op hoofdletters en spaties.",
  trouble_passphrase_short: "Dit is te kort. Kies minstens 12 tekens.",
  trouble_passphrase_weak: "Dit is te makkelijk te raden. Kies iets zonder namen, rijtjes en herhalingen.",
  trouble_passphrase_differs: "De wachtzinnen zijn niet gelijk. Typ twee keer dezelfde.",
  trouble_store_unreadable:
    "De sleutels op dit apparaat zijn beschadigd. Wis de gegevens van deze site in uw browser en open uw reservekopie.",
  trouble_storage_full: "Dit apparaat is vol. Maak ruimte en probeer het opnieuw.",
  trouble_insecure:
    "Deze pagina is niet beveiligd, en dan werkt uw sleutel hier niet. Open het adres dat begint met https.",
  trouble_browser_keeps_nothing:
    "Deze browser bewaart niets, dus ook geen sleutel. Open deze pagina in een gewoon venster, niet in een privévenster.",
  trouble_key_missing: "Uw sleutel staat niet op dit apparaat. Voeg hem toe op de pagina ‘Aanmelden’.",
  trouble_key_known: "Deze sleutel staat al op dit apparaat.",
  trouble_name_missing: "Geef de sleutel een naam.",
  trouble_file_missing: "Kies een sleutelbestand.",
  trouble_file_unreadable: "Dit is geen sleutelbestand. Kies een ander bestand.",
  trouble_password_wrong: "Het wachtwoord hoort niet bij dit bestand. Probeer het opnieuw.",
  trouble_password_differs: "De wachtwoorden zijn niet gelijk. Typ twee keer hetzelfde.",
  trouble_paper_unreadable: "Dit zijn niet de tekens van een sleutel. Typ alle 64 tekens over van het papier.",
  trouble_messages_unreadable: "Er is niets getekend: wat er te tekenen is, is niet te lezen. Laad de pagina opnieuw.",
  trouble_message_changed:
    "Er is niets getekend: het is iets anders dan de pagina laat zien. Meld dit aan de beheerder.",
  trouble_invitation_unreadable: "Dit is geen uitnodiging. Open de link opnieuw of typ de tekens over.",
  trouble_unforeseen: "Het is niet gelukt. Laad de pagina opnieuw en probeer het nog een keer.",
} as const;
