"""The closed set of refusals, with their texts. None reveals a balance.

Titles are for the till or the desk; hints say what to do next.
"""

from enum import StrEnum
from typing import NamedTuple


class Code(StrEnum):
    """A stable, machine-readable reason of a refusal, on which clients may rely."""

    CATEGORY_NOT_PERMITTED = "category_not_permitted"
    SHOP_NOT_ADMITTED = "shop_not_admitted"
    TILL_NOT_ACTIVE = "till_not_active"
    CODE_FOR_OTHER_SHOP = "code_for_other_shop"
    BUDGET_TOO_LOW = "budget_too_low"
    AMOUNT_ABOVE_MAXIMUM = "amount_above_maximum"
    CODE_ALREADY_USED = "code_already_used"
    CODE_EXPIRED = "code_expired"
    SCHEME_NOT_OPEN = "scheme_not_open"
    SCHEME_PAUSED = "scheme_paused"
    CODE_UNREADABLE = "code_unreadable"
    SIGNATURE_INVALID = "signature_invalid"
    COUPON_UNKNOWN = "coupon_unknown"
    SCHEME_UNKNOWN = "scheme_unknown"
    PAYMENT_UNKNOWN = "payment_unknown"
    REFUND_TOO_HIGH = "refund_too_high"
    NONCE_TOO_OLD = "nonce_too_old"
    NONCE_TOO_FAR_AHEAD = "nonce_too_far_ahead"
    COUPON_MOVED = "coupon_moved"
    COUPON_EXISTS = "coupon_exists"
    TILL_OF_OTHER_SHOP = "till_of_other_shop"
    APPROVALS_MISSING = "approvals_missing"
    NOT_AUTHORISED = "not_authorised"
    DECISION_EXPIRED = "decision_expired"
    DECISION_CANCELLED = "decision_cancelled"
    CALL_INVALID = "call_invalid"
    SCHEME_EXISTS = "scheme_exists"
    FUNDS_TOO_LOW = "funds_too_low"
    BATCH_EXISTS = "batch_exists"
    SETTLEMENT_TOO_HIGH = "settlement_too_high"
    HOLDERS_TOO_FEW = "holders_too_few"
    REQUEST_INVALID = "request_invalid"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    INVITATION_UNKNOWN = "invitation_unknown"
    INVITATION_EXPIRED = "invitation_expired"
    INVITATION_USED = "invitation_used"
    IBAN_INVALID = "iban_invalid"
    HOLDER_INVALID = "holder_invalid"
    NOT_THE_OWNER = "not_the_owner"
    KEY_KNOWN = "key_known"
    SESSION_INVALID = "session_invalid"
    ACCOUNT_REFUSED = "account_refused"
    ACCOUNT_OF_ANOTHER_KEY = "account_of_another_key"
    ACCOUNT_PROVIDER_UNAVAILABLE = "account_provider_unavailable"
    REASON_MISSING = "reason_missing"
    REFUND_NOT_ALLOWED = "refund_not_allowed"
    BOOKS_NOT_ALLOWED = "books_not_allowed"
    RATE_LIMITED = "rate_limited"
    SERVER_BUSY = "server_busy"
    LEDGER_UNAVAILABLE = "ledger_unavailable"
    STORE_UNAVAILABLE = "store_unavailable"
    CLOCK_JUMPED = "clock_jumped"
    NODES_DIFFER = "nodes_differ"
    SERVER_ERROR = "server_error"


class Wording(NamedTuple):
    """Texts of a refusal: what is wrong, and what to do next."""

    title: str
    hint: str


class Refusal(Exception):
    """The act or request is refused, with this code."""

    def __init__(self, code: Code) -> None:
        super().__init__(code.value)
        self.code = code


class Forbidden(Refusal):
    """The session is not allowed to read or do this; nothing was sent to the ledger."""

    def __init__(self) -> None:
        super().__init__(Code.NOT_AUTHORISED)


class RateLimited(Refusal):
    """A rate limit is exceeded. Nothing was done; the request can be retried after ``seconds``."""

    def __init__(self, seconds: int, code: Code = Code.RATE_LIMITED) -> None:
        super().__init__(code)
        self.seconds = seconds


_NO_CODE = Wording(
    "Dit is geen geldige code.",
    "Vraag om een nieuwe code en scan die.",
)

DUTCH: dict[Code, Wording] = {
    Code.CATEGORY_NOT_PERMITTED: Wording(
        "Dit budget kan niet in dit soort winkel worden gebruikt.",
        "De klant kan anders betalen. Vragen? Bel de gemeente.",
    ),
    Code.SHOP_NOT_ADMITTED: Wording(
        "Deze winkel doet (nog) niet mee.",
        "Neem contact op met de gemeente.",
    ),
    Code.TILL_NOT_ACTIVE: Wording(
        "Deze kassa is niet (meer) aangemeld.",
        "Gebruik een andere kassa, of laat de eigenaar deze kassa aanmelden.",
    ),
    Code.CODE_FOR_OTHER_SHOP: Wording(
        "Deze code is voor een andere winkel gemaakt.",
        "Vraag om een code voor deze winkel.",
    ),
    Code.BUDGET_TOO_LOW: Wording(
        "Er staat niet genoeg op deze code.",
        "Kies samen een lager bedrag, of reken af wat er nog is.",
    ),
    Code.AMOUNT_ABOVE_MAXIMUM: Wording(
        "De klant heeft een lager maximum ingesteld.",
        "Vraag om een code met een hoger bedrag.",
    ),
    Code.CODE_ALREADY_USED: Wording(
        "Deze code is al gebruikt. Vraag om een nieuwe.",
        "De klant maakt in de app zo een andere.",
    ),
    Code.CODE_EXPIRED: Wording(
        "Deze code is verlopen. Vraag om een nieuwe.",
        "De klant maakt in de app zo een andere.",
    ),
    Code.SCHEME_NOT_OPEN: Wording(
        "Dit geld is nu niet te gebruiken.",
        "Kijk op de website van de gemeente wanneer het kan.",
    ),
    Code.SCHEME_PAUSED: Wording(
        "De regeling staat tijdelijk stil.",
        "Probeer het later opnieuw.",
    ),
    Code.CODE_UNREADABLE: _NO_CODE,
    Code.SIGNATURE_INVALID: _NO_CODE,
    Code.COUPON_UNKNOWN: _NO_CODE,
    Code.SCHEME_UNKNOWN: _NO_CODE,
    Code.PAYMENT_UNKNOWN: Wording(
        "Deze betaling is niet gevonden.",
        "Kijk in de lijst van betalingen van deze winkel.",
    ),
    Code.REFUND_TOO_HIGH: Wording(
        "Er kan niet meer terug dan er betaald is.",
        "Kies een lager bedrag.",
    ),
    Code.NONCE_TOO_OLD: Wording(
        "Er is al iets nieuwers besloten.",
        "Bekijk de huidige stand en begin opnieuw.",
    ),
    Code.NONCE_TOO_FAR_AHEAD: Wording(
        "De klok van het apparaat van de klant loopt voor.",
        "Zet de datum en de tijd goed en maak een nieuwe code.",
    ),
    Code.COUPON_MOVED: Wording(
        "Dit tegoed is al verplaatst.",
        "Scan uw brief opnieuw.",
    ),
    Code.COUPON_EXISTS: Wording(
        "Dit tegoed bestaat al.",
        "Controleer of de lijst niet al eerder is verwerkt.",
    ),
    Code.TILL_OF_OTHER_SHOP: Wording(
        "Deze kassa hoort bij een andere winkel.",
        "Maak op dit apparaat een nieuwe kassa aan.",
    ),
    Code.APPROVALS_MISSING: Wording(
        "Er ontbreekt een handtekening.",
        "Laat een tweede ambtenaar het besluit goedkeuren.",
    ),
    Code.NOT_AUTHORISED: Wording(
        "U mag dit niet.",
        "Vraag iemand die hiervoor bevoegd is.",
    ),
    Code.DECISION_EXPIRED: Wording(
        "Dit besluit is niet (meer) geldig.",
        "Bereid het besluit opnieuw voor, voor hoogstens veertien dagen.",
    ),
    Code.DECISION_CANCELLED: Wording(
        "Dit besluit is ingetrokken.",
        "Bereid zo nodig een nieuw besluit voor.",
    ),
    Code.CALL_INVALID: Wording(
        "Het grootboek kan dit zo niet uitvoeren.",
        "Controleer de gegevens en doe het opnieuw. Hetzelfde nog eens sturen helpt niet.",
    ),
    Code.SCHEME_EXISTS: Wording(
        "Deze regeling bestaat al.",
        "Kies een ander nummer.",
    ),
    Code.FUNDS_TOO_LOW: Wording(
        "Er is niet genoeg budget voor deze regeling.",
        "Verhoog eerst het budget.",
    ),
    Code.BATCH_EXISTS: Wording(
        "Deze uitbetaling is al vastgelegd.",
        "Bekijk de uitbetaling die er al is.",
    ),
    Code.SETTLEMENT_TOO_HIGH: Wording(
        "Dit bedrag is meer dan de winkel te goed heeft.",
        "Maak de uitbetaling opnieuw met de huidige stand.",
    ),
    Code.HOLDERS_TOO_FEW: Wording(
        "Er zouden te weinig bevoegde ambtenaren overblijven.",
        "Geef eerst een ander deze bevoegdheid.",
    ),
    Code.REQUEST_INVALID: Wording(
        "De aanvraag klopt niet.",
        "Verbeter de genoemde velden.",
    ),
    Code.NOT_FOUND: Wording("Dit is niet gevonden.", "Controleer het adres."),
    Code.METHOD_NOT_ALLOWED: Wording("Dat kan hier niet.", "Kijk in de beschrijving van de API."),
    Code.INVITATION_UNKNOWN: Wording(
        "Deze uitnodiging is niet (meer) geldig.",
        "Gebruik de nieuwste uitnodiging, of vraag er een aan de gemeente.",
    ),
    Code.INVITATION_EXPIRED: Wording(
        "Deze uitnodiging is verlopen.",
        "Vraag de gemeente om een nieuwe.",
    ),
    Code.INVITATION_USED: Wording(
        "Deze uitnodiging is op een ander apparaat gebruikt.",
        "Was u dat niet? Bel de gemeente.",
    ),
    Code.IBAN_INVALID: Wording(
        "Dit rekeningnummer (IBAN) klopt niet.",
        "Neem het over van uw bankpas of uit de app van uw bank.",
    ),
    Code.HOLDER_INVALID: Wording(
        "Deze naam kan een bank niet lezen.",
        "Schrijf de naam zoals uw bank hem kent, en niet te lang.",
    ),
    Code.NOT_THE_OWNER: Wording(
        "De eigenaar van de winkel heeft dit niet ondertekend.",
        "Gebruik het apparaat van de eigenaar.",
    ),
    Code.KEY_KNOWN: Wording(
        "Deze sleutel is al bekend.",
        "Maak een nieuwe sleutel voor deze uitnodiging.",
    ),
    Code.REASON_MISSING: Wording(
        "Geef eerst een reden om deze betalingen te bekijken.",
        "Open de inzage voor deze winkel en deze dagen.",
    ),
    Code.REFUND_NOT_ALLOWED: Wording(
        "Deze kassa mag dit niet terugbetalen.",
        "De eigenaar van de winkel kan het wel, of kan het deze kassa toestaan.",
    ),
    Code.BOOKS_NOT_ALLOWED: Wording(
        "Deze kassa mag de boekhouding niet zien.",
        "De eigenaar van de winkel kan het deze kassa toestaan.",
    ),
    Code.SESSION_INVALID: Wording("U bent niet meer aangemeld.", "Meld u opnieuw aan."),
    Code.ACCOUNT_REFUSED: Wording(
        "Inloggen met uw werkaccount is niet gelukt.",
        "Er is niets gebeurd. Begin opnieuw.",
    ),
    Code.ACCOUNT_OF_ANOTHER_KEY: Wording(
        "Deze sleutel en dit werkaccount horen niet bij elkaar.",
        "Hebt u een nieuw werkaccount of een nieuwe sleutel? Een ambtenaar met de bevoegdheid "
        "Ambtenaren kan de oude koppeling verwijderen.",
    ),
    Code.ACCOUNT_PROVIDER_UNAVAILABLE: Wording(
        "Inloggen met een werkaccount kan even niet.",
        "De inlogpagina van uw organisatie geeft geen antwoord. Probeer het zo opnieuw.",
    ),
    Code.RATE_LIMITED: Wording(
        "Er komen te veel aanvragen tegelijk.",
        "Wacht even en probeer het opnieuw.",
    ),
    Code.SERVER_BUSY: Wording(
        "Het is even te druk.",
        "Er is niets gebeurd. Wacht even en probeer het opnieuw.",
    ),
    Code.LEDGER_UNAVAILABLE: Wording(
        "Het grootboek is even niet bereikbaar.",
        "Probeer het zo opnieuw; er wordt niets dubbel afgeschreven.",
    ),
    Code.STORE_UNAVAILABLE: Wording(
        "De administratie is even niet bereikbaar.",
        "Probeer het zo opnieuw; er wordt niets dubbel afgeschreven.",
    ),
    Code.CLOCK_JUMPED: Wording(
        "De klok van de server is verzet. Er kan nu niet worden betaald.",
        "Er is niets afgeschreven. De beheerder zet de klok goed, of bevestigt hem.",
    ),
    Code.NODES_DIFFER: Wording(
        "De kopieën van het grootboek zijn niet gelijk. Er kan nu niet worden betaald.",
        "Er is niets afgeschreven. De beheerder zoekt uit welke kopie klopt.",
    ),
    Code.SERVER_ERROR: Wording(
        "Er ging iets mis.",
        "Probeer het opnieuw; er wordt niets dubbel afgeschreven.",
    ),
}

_SCAN_ANOTHER = "Ask for a new code and scan that."

ENGLISH: dict[Code, Wording] = {
    Code.CATEGORY_NOT_PERMITTED: Wording(
        "This budget cannot be used in this kind of shop.",
        "The customer can pay in another way. Questions? Call the municipality.",
    ),
    Code.SHOP_NOT_ADMITTED: Wording(
        "This shop does not take part (yet).",
        "Get in touch with the municipality.",
    ),
    Code.TILL_NOT_ACTIVE: Wording(
        "This till is not registered (any more).",
        "Use another till, or have the owner register this one.",
    ),
    Code.CODE_FOR_OTHER_SHOP: Wording(
        "This code was made for another shop.",
        "Ask for a code for this shop.",
    ),
    Code.BUDGET_TOO_LOW: Wording(
        "There is not enough on this code.",
        "Agree on a lower amount, or charge what is left.",
    ),
    Code.AMOUNT_ABOVE_MAXIMUM: Wording(
        "The customer has set a lower maximum.",
        "Ask for a code with a higher amount.",
    ),
    Code.CODE_ALREADY_USED: Wording(
        "This code has been used. Ask for a new one.",
        "The customer makes another one in the app.",
    ),
    Code.CODE_EXPIRED: Wording(
        "This code has expired. Ask for a new one.",
        "The customer makes another one in the app.",
    ),
    Code.SCHEME_NOT_OPEN: Wording(
        "The scheme is not open on this date.",
        "The municipality's website says when it is.",
    ),
    Code.SCHEME_PAUSED: Wording("The scheme is paused.", "Try again later."),
    Code.CODE_UNREADABLE: Wording("This is not a valid code.", _SCAN_ANOTHER),
    Code.SIGNATURE_INVALID: Wording("This is not a valid code.", _SCAN_ANOTHER),
    Code.COUPON_UNKNOWN: Wording("This is not a valid code.", _SCAN_ANOTHER),
    Code.SCHEME_UNKNOWN: Wording("This is not a valid code.", _SCAN_ANOTHER),
    Code.PAYMENT_UNKNOWN: Wording(
        "This payment was not found.",
        "Look in the list of this shop's payments.",
    ),
    Code.REFUND_TOO_HIGH: Wording(
        "No more can be refunded than was paid.",
        "Choose a lower amount.",
    ),
    Code.NONCE_TOO_OLD: Wording(
        "Something newer has been decided.",
        "Look at how things are now and start again.",
    ),
    Code.NONCE_TOO_FAR_AHEAD: Wording(
        "The clock of the customer's device is ahead.",
        "Set its date and time and make a new code.",
    ),
    Code.COUPON_MOVED: Wording("This budget has been moved.", "Scan the letter again."),
    Code.COUPON_EXISTS: Wording(
        "This coupon exists already.",
        "Check whether the list was processed before.",
    ),
    Code.TILL_OF_OTHER_SHOP: Wording(
        "This till belongs to another shop.",
        "Make a new till on this device.",
    ),
    Code.APPROVALS_MISSING: Wording(
        "A signature is missing.",
        "Have a second official approve the decision.",
    ),
    Code.NOT_AUTHORISED: Wording("You may not do this.", "Ask someone who may."),
    Code.DECISION_EXPIRED: Wording(
        "This decision is not valid (any more).",
        "Prepare it again, for fourteen days at most.",
    ),
    Code.DECISION_CANCELLED: Wording(
        "This decision was withdrawn.",
        "Prepare a new one if it is needed.",
    ),
    Code.CALL_INVALID: Wording(
        "The ledger cannot carry this out like this.",
        "Check the data and do it again. Sending the same once more does not help.",
    ),
    Code.SCHEME_EXISTS: Wording("This scheme exists already.", "Choose another number."),
    Code.FUNDS_TOO_LOW: Wording(
        "The scheme is not funded for this.",
        "Raise the budget first.",
    ),
    Code.BATCH_EXISTS: Wording(
        "This payout has been recorded.",
        "Look at the payout that is there.",
    ),
    Code.SETTLEMENT_TOO_HIGH: Wording(
        "This is more than the shop is owed.",
        "Make the payout again from how things are now.",
    ),
    Code.HOLDERS_TOO_FEW: Wording(
        "Too few officials would keep this capacity.",
        "Give it to another one first.",
    ),
    Code.REQUEST_INVALID: Wording(
        "The request is not right.", "Correct the fields that are named."
    ),
    Code.NOT_FOUND: Wording("Not found.", "Check the address."),
    Code.METHOD_NOT_ALLOWED: Wording(
        "That cannot be done here.",
        "Look in the description of the API.",
    ),
    Code.INVITATION_UNKNOWN: Wording(
        "This invitation is not valid (any more).",
        "Use the newest invitation, or ask the municipality for one.",
    ),
    Code.INVITATION_EXPIRED: Wording(
        "This invitation has expired.",
        "Ask the municipality for a new one.",
    ),
    Code.INVITATION_USED: Wording(
        "This invitation was used on another device.",
        "Was that not you? Call the municipality.",
    ),
    Code.IBAN_INVALID: Wording(
        "This account number (IBAN) is not right.",
        "Take it from your bank card or your bank's app.",
    ),
    Code.HOLDER_INVALID: Wording(
        "A bank cannot read this name.",
        "Write the name as your bank knows it, and not too long.",
    ),
    Code.NOT_THE_OWNER: Wording(
        "The shop's owner did not sign this.",
        "Use the owner's device.",
    ),
    Code.KEY_KNOWN: Wording("This key is known.", "Make a new key for this invitation."),
    Code.REASON_MISSING: Wording(
        "Give a reason first to see these payments.",
        "Open an inspection of this shop and these days.",
    ),
    Code.REFUND_NOT_ALLOWED: Wording(
        "This till may not refund this.", "Ask the owner of the shop."
    ),
    Code.BOOKS_NOT_ALLOWED: Wording(
        "This till may not see the books.", "Ask the owner of the shop."
    ),
    Code.SESSION_INVALID: Wording("You are no longer signed in.", "Sign in again."),
    Code.ACCOUNT_REFUSED: Wording(
        "Logging in with your work account failed.", "Nothing happened. Start again."
    ),
    Code.ACCOUNT_OF_ANOTHER_KEY: Wording(
        "This key and this work account do not belong together.",
        "Is your work account or your key a new one? An official with the capacity Officials can "
        "remove the old link.",
    ),
    Code.ACCOUNT_PROVIDER_UNAVAILABLE: Wording(
        "Logging in with a work account is not possible for a moment.",
        "Your organisation's login page does not answer. Try again soon.",
    ),
    Code.RATE_LIMITED: Wording("Too many requests at once.", "Wait a moment and try again."),
    Code.SERVER_BUSY: Wording(
        "The server is too busy for a moment.",
        "Nothing happened. Wait a moment and try again.",
    ),
    Code.LEDGER_UNAVAILABLE: Wording(
        "The ledger is out of reach for a moment.",
        "Try again soon; nothing is charged twice.",
    ),
    Code.STORE_UNAVAILABLE: Wording(
        "The records are out of reach for a moment.",
        "Try again in a moment; nothing is charged twice.",
    ),
    Code.CLOCK_JUMPED: Wording(
        "The server's clock was set. No payments can be made now.",
        "Nothing was charged. The operator sets the clock right, or confirms it.",
    ),
    Code.NODES_DIFFER: Wording(
        "The copies of the ledger are not the same. No payments can be made now.",
        "Nothing was charged. The operator finds out which copy is right.",
    ),
    Code.SERVER_ERROR: Wording("Something went wrong.", "Try again; nothing is charged twice."),
}
