/** Dutch texts about opening letters that were lost. */

export const replacingNl = {
  trouble_privacy_key_missing: "Uw privacysleutel staat niet op dit apparaat. Zet hem erop op de pagina ‘Privacy’.",
  trouble_former_key_missing:
    "Deze brief is verzegeld met een sleutel van uw voorganger. Die is nog niet aan u overgedragen.",
  trouble_letter_not_opened: "De brief is niet te openen: hij past niet bij uw sleutel, of is veranderd. Er is niets verplaatst. Onder aan deze pagina staat hoe dit verzoek stopt.",
  trouble_letter_without_coupons: "Op deze brief heeft nooit geld gestaan. Er is niets te verplaatsen. Stop dit verzoek, onder aan deze pagina.",
  trouble_letter_moved_before:
    "Wat op deze brief stond, is al eerder verplaatst: naar een andere brief of terug naar de regeling. Nu is er niets verplaatst. Stop dit verzoek, onder aan deze pagina.",
  trouble_blank_letter_used: "De lege brief is al door iemand anders gevuld. Er is niets verplaatst. Stop dit verzoek, onder aan deze pagina, en vraag een nieuw verzoek, met een andere lege brief.",
  trouble_letter_unknown: "De server kent de regeling van deze brief niet. Er is niets verplaatst.",
  trouble_move_unsure: "Niet alles is zeker verplaatst. Probeer het over een paar minuten opnieuw: wat al verplaatst is, blijft zo.",
  trouble_move_refused: "Niet alles is verplaatst. Probeer het opnieuw: wat al verplaatst is, blijft zo.",
  trouble_offline: "Er is geen verbinding. Probeer het opnieuw: wat al verplaatst is, blijft zo.",
  trouble_busy: "Het is te druk. Wacht een minuut en probeer het opnieuw: wat al verplaatst is, blijft zo.",
  trouble_server: "Er ging iets mis bij de server. Probeer het over een paar minuten opnieuw: wat al verplaatst is, blijft zo.",
} as const;
