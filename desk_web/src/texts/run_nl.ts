/** Dutch texts about making a letter run in the browser. */

export const runNl = {
  run_what: "Serie {run}: brieven: {letters}, kaarten: {cards}. Regeling: {scheme}.",
  run_what_blank:
    "Serie {run}: lege brieven: {letters}. Regeling: {scheme}. Er komt geen geld op, en niets ervan komt op het grootboek.",
  run_words: "De woorden van de privacyfunctionarissen",
  run_words_why:
    "Elke brief wordt verzegeld voor deze twee mensen. Bel ze allebei en laat hun woorden voorlezen. Zijn ze anders? Maak dan geen brieven en meld het.",
  run_compared: "Ik heb beide rijen woorden gehoord en ze zijn gelijk.",
  run_make: "Maak de serie",
  run_made: "De serie is gemaakt.",
  run_here_only:
    "De codes van de brieven staan alleen in dit venster. Sluit het niet en laad het niet opnieuw: dan zijn ze weg. Er is nog niets verstuurd.",
  run_print_title: "Afdrukken",
  run_print_size: "Op A4, op 100 % (ware grootte), met achtergrondkleuren. Op het eerste vel staat een lijn van 5 cm.",
  run_print_sides: "Aan een kant van het papier.",
  run_print_printer:
    "Op een printer naast u die niets bewaart. Een printer op het netwerk, of een bestand op deze computer, kan alle brieven bewaren.",
  run_print_parts: "In {parts} delen van hoogstens {sheets} vellen: de browser vraagt het steeds opnieuw.",
  run_print: "Druk af",
  run_printed: "Zijn alle {count} vellen goed afgedrukt?",
  run_printed_look: "Kijk of het laatste vel er is en of er geen vel half is.",
  run_printed_not:
    "Ging het niet goed of hebt u het gestopt? Vernietig dan de vellen die er zijn en druk alles opnieuw af. Er staat nog niets op het grootboek, dus die vellen zijn niets waard.",
  run_printed_yes: "Ja, alles is goed afgedrukt",
  run_printed_no: "Nee, ik druk opnieuw af",
  run_forgotten: "De codes zijn gewist: zij staan nu alleen op papier. Bewaar de brieven als contant geld.",
  run_hash: "Het controlegetal van deze serie",
  run_hand_in: "Lever de serie aan. Het besluit komt in een nieuw tabblad. Teken het alleen als daar hetzelfde controlegetal staat.",
  run_hand_in_failed:
    "Lukt het niet? Dit venster blijft open: lever opnieuw aan, of bewaar het bestand en kies het later op de pagina Brieven. Zonder dit bestand zijn de brieven niets waard. Vernietig ze dan.",
  run_hand_in_blank:
    "Lever de serie aan. De lege brieven komen in voorraad, en dat ziet u in een nieuw tabblad. Een tweede ambtenaar hoeft niets te besluiten.",
  run_hand_in_failed_blank:
    "Lukt het niet? Dit venster blijft open: lever opnieuw aan, of bewaar het bestand en kies het later op de pagina Brieven. Zonder dit bestand kan niemand een brief openen die kwijtraakt. Vernietig de brieven dan.",
  run_save: "Bewaar het bestand van de serie",
  alone_title: "Brieven maken zonder netwerk",
  alone_intro:
    "Deze pagina maakt en verzegelt brieven op deze computer en verstuurt niets. Haal de opdracht op bij de balie van de gemeente, op de pagina Brieven.",
  alone_check: "Is dit de goede pagina? Vergelijk het controlegetal (SHA-256) van dit bestand met dat van een tweede bron, voordat u hem opent.",
  alone_order: "Het bestand van de opdracht",
  alone_order_hint: "De naam begint met opdracht-serie.",
  alone_open: "Open de opdracht",
  alone_deliver: "Bewaar het bestand en lever het aan op de pagina Brieven van de balie. Er staan geen codes in. Zonder dit bestand zijn de brieven niets waard.",
  alone_deliver_blank:
    "Bewaar het bestand en lever het aan op de pagina Brieven van de balie. Er staan geen codes in. Zonder dit bestand kan niemand een brief openen die kwijtraakt.",
  trouble_order_unreadable: "Dit is geen opdracht voor een serie. Haal de opdracht opnieuw op.",
  trouble_words_not_compared: "Laat eerst de woorden voorlezen, en zet daarna het vinkje.",
  trouble_letter_too_long: "De tekst past niet op een bladzijde. Maak de instellingen van de gemeente korter.",
} as const;
