/** Dutch texts about making a letter run in the browser. */

export const runNl = {
  run_what: "Serie {run}, regeling {scheme}.",
  run_what_blank:
    "Serie {run}, regeling {scheme}. Dit zijn lege brieven: er staat geen geld op, en niets ervan komt op het grootboek.",
  run_words: "De woorden van de privacyfunctionarissen",
  run_words_why:
    "Elke brief wordt verzegeld voor deze twee mensen. Bel ze allebei en laat hun woorden voorlezen. Zijn ze anders? Maak dan geen brieven en meld het.",
  run_opens: "De code opent",
  run_letters: "Brieven",
  run_cards: "Kaarten",
  run_number_of: "{count}, elk van {value}",
  run_total: "Totaal",
  run_compared: "Ik heb beide rijen woorden gehoord en ze zijn gelijk. Ook de gegevens hierboven kloppen.",
  run_make: "Maak de serie",
  run_made: "De serie is gemaakt.",
  run_made_anew: "Deze serie heeft nieuwe codes. Vernietig alle vellen die u eerder afdrukte.",
  run_here_only:
    "De codes van de brieven staan alleen in dit venster. Sluit het niet en laad het niet opnieuw: dan zijn ze weg. Er is nog niets verstuurd.",
  run_print_title: "Afdrukken",
  run_print_size: "Op A4, op 100 % (ware grootte), met achtergrondkleuren. Op het eerste vel staat een lijn van 5 cm.",
  run_print_sides: "Aan een kant van het papier.",
  run_print_printer:
    "Op een printer naast u die niets bewaart. Een printer op het netwerk, of een bestand op deze computer, kan alle brieven bewaren.",
  run_print_parts: "In {parts} delen van hoogstens {sheets} vellen: de browser vraagt het steeds opnieuw.",
  run_print: "Druk af",
  run_printed: { one: "Is het vel goed afgedrukt?", other: "Zijn alle {count} vellen goed afgedrukt?" },
  run_printed_look: "Kijk of het laatste vel er is en of er geen vel half is.",
  run_printed_not:
    "Ging het niet goed, ook maar met één deel, of hebt u het gestopt? Kies Nee en vernietig alle vellen, ook de goede. De serie wordt opnieuw gemaakt, met andere codes. De vellen van nu krijgen nooit geld.",
  run_printed_not_blank:
    "Ging het niet goed, ook maar met één deel, of hebt u het gestopt? Kies Nee en vernietig alle vellen, ook de goede. De serie wordt opnieuw gemaakt, met andere codes. De vellen van nu kan niemand openen als ze kwijtraken.",
  run_printed_yes: "Ja, alles is goed afgedrukt",
  run_printed_no: "Nee, maak alles opnieuw",
  run_forgotten: "De codes zijn gewist: zij staan nu alleen op papier. Bewaar de brieven als contant geld.",
  run_hash: "Het controlegetal van deze serie",
  run_hash_sealed: "Het controlegetal van de verzegelde brieven",
  run_hand_in: "Lever de serie aan. Het besluit komt in een nieuw tabblad. Teken het alleen als daar dezelfde controlegetallen staan.",
  run_hand_in_failed:
    "Lukt het niet? Dit venster blijft open: lever opnieuw aan, of bewaar het bestand en kies het later op de pagina Brieven. Zonder dit bestand zijn de brieven niets waard. Vernietig ze dan.",
  run_hand_in_blank:
    "Lever de serie aan. De lege brieven komen in voorraad, en dat ziet u in een nieuw tabblad. Een tweede ambtenaar hoeft niets te besluiten.",
  run_hand_in_failed_blank:
    "Lukt het niet? Dit venster blijft open: lever opnieuw aan, of bewaar het bestand en kies het later op de pagina Brieven. Zonder dit bestand kan niemand een brief openen die kwijtraakt. Vernietig de brieven dan.",
  run_save: "Bewaar het bestand van de serie",
  offline_title: "Brieven maken zonder netwerk",
  offline_intro:
    "Deze pagina maakt en verzegelt brieven op deze computer en verstuurt niets. Haal de opdracht op bij de balie van de gemeente, op de pagina Brieven.",
  offline_check: "Is dit de goede pagina? Vergelijk het controlegetal (SHA-256) van dit bestand met dat van een tweede bron, voordat u hem opent.",
  offline_order: "Het bestand van de opdracht",
  offline_order_hint: "De naam begint met opdracht-serie.",
  offline_open: "Open de opdracht",
  offline_hand_in: "Bewaar het bestand en lever het aan op de pagina Brieven van de balie. Er staan geen codes in. Zonder dit bestand zijn de brieven niets waard.",
  offline_hand_in_blank:
    "Bewaar het bestand en lever het aan op de pagina Brieven van de balie. Er staan geen codes in. Zonder dit bestand kan niemand een brief openen die kwijtraakt.",
  trouble_order_unreadable: "Dit is geen opdracht voor een serie. Haal de opdracht opnieuw op.",
  trouble_words_not_compared: "Laat eerst de woorden voorlezen, en zet daarna het vinkje.",
  trouble_letter_too_long: "De tekst past niet op een bladzijde. Maak de instellingen van de gemeente korter.",
} as const;
