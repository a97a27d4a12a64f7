"""What the law wants printed on an invoice: dated texts, and which of them a document carries."""

from dataclasses import dataclass
from datetime import date

from astreinte.billing.rules.parties import PartyKind
from astreinte.core.refusals import Refusal


class NoTextInForce(Refusal):
    """No legal text is known for this date: the mentions of the invoice must be updated first."""


@dataclass(frozen=True, kw_only=True)
class Mention:
    """One legal text with the days it may be printed, the last one included (`None`: still in force)."""

    code: str
    valid_from: date
    valid_to: date | None
    fr: str
    en: str

    def text(self, language: str) -> str:
        return self.fr if language == "fr" else self.en


@dataclass(frozen=True, kw_only=True)
class Note:
    """A note of the document (BT-21 subject code, BT-22 text) in the document's language."""

    code: str
    text: str


@dataclass(frozen=True, kw_only=True)
class LateRate:
    """The late-payment rate of one half-year, in percent: ECB refinancing rate on its first day plus 10 points."""

    valid_from: date
    valid_to: date
    percent: str


# Old references to the CGI may be printed until this day (ordinance 2025-1247); later texts will name the CIBS.
LAST_DAY_OF_CGI = date(2027, 12, 31)
_C_COM = date(2019, 4, 26)  # ordinance 2019-359 gave L441-9 and L441-10 their numbers
_ART_259 = date(2010, 1, 1)  # directive 2008/8/CE came into force

MENTIONS = (
    Mention(
        code="reverse-charge",
        valid_from=_ART_259,
        valid_to=LAST_DAY_OF_CGI,
        fr="Autoliquidation – TVA due par le preneur (art. 196 de la directive 2006/112/CE, art. 259-1° du CGI)",
        en="Reverse charge (Autoliquidation) – VAT due by the customer (art. 196 of directive 2006/112/EC, "
        "art. 259-1° of the French CGI)",
    ),
    Mention(
        code="outside-france",
        valid_from=_ART_259,
        valid_to=LAST_DAY_OF_CGI,
        fr="TVA non applicable – art. 259-1 du CGI",
        en="French VAT not applicable – art. 259-1 du CGI",
    ),
    Mention(
        code="overseas-without-vat",
        valid_from=date(2014, 1, 1),  # Mayotte joined Guyane
        valid_to=LAST_DAY_OF_CGI,
        fr="TVA non applicable – art. 294, 1 du CGI",
        en="VAT not applicable – art. 294, 1 du CGI",
    ),
    Mention(
        code="franchise",
        valid_from=date(2003, 1, 1),
        valid_to=LAST_DAY_OF_CGI,
        fr="TVA non applicable, art. 293 B du CGI",
        en="VAT not applicable, art. 293 B du CGI",
    ),
    Mention(
        code="recovery-indemnity",
        valid_from=_C_COM,
        valid_to=None,
        fr="Indemnité forfaitaire pour frais de recouvrement en cas de retard de paiement : 40 € "
        "(art. L441-10 et D441-5 du Code de commerce)",
        en="Fixed compensation for recovery costs in case of late payment: €40 "
        "(art. L441-10 and D441-5 of the French Commercial Code)",
    ),
    Mention(
        code="recovery-indemnity-consumer",
        valid_from=_C_COM,
        valid_to=None,
        fr="Aucune indemnité forfaitaire de recouvrement n’est demandée à un consommateur",
        en="No fixed compensation for recovery costs is claimed from a consumer",
    ),
    Mention(
        code="late-penalty",
        valid_from=_C_COM,
        valid_to=None,
        fr="Pénalités de retard, exigibles sans rappel dès le lendemain de l’échéance : taux de refinancement de la "
        "BCE au 1er jour du semestre majoré de 10 points (art. L441-10 du Code de commerce)",
        en="Late-payment penalties, due without reminder from the day after the due date: ECB refinancing rate on the "
        "first day of the half-year plus 10 points (art. L441-10 of the French Commercial Code)",
    ),
    Mention(
        code="late-penalty-consumer",
        valid_from=date(2016, 10, 1),
        valid_to=None,
        fr="Aucune pénalité de retard contractuelle ; intérêts au taux légal après mise en demeure "
        "(art. 1231-6 du Code civil)",
        en="No contractual late-payment penalty; interest at the legal rate after formal notice "
        "(art. 1231-6 of the French Civil Code)",
    ),
    Mention(
        code="no-discount",
        valid_from=_C_COM,
        valid_to=None,
        fr="Pas d’escompte pour paiement anticipé",
        en="No discount for early payment",
    ),
    Mention(
        code="nature-services",
        valid_from=date(2022, 10, 9),  # decree 2022-1299
        valid_to=None,
        fr="Catégorie de l’opération : prestation de services",
        en="Category of operation: supply of services",
    ),
)

# Only published figures: any other half-year prints the rule alone, or the figure the provider gives.
LATE_RATES = (LateRate(valid_from=date(2024, 7, 1), valid_to=date(2024, 12, 31), percent="14.25"),)


def in_force(code: str, *, at: date) -> Mention:
    """The text of this mention on that day. Refuses a day for which none is known."""
    for mention in MENTIONS:
        if mention.code == code and mention.valid_from <= at and (mention.valid_to is None or at <= mention.valid_to):
            return mention
    raise NoTextInForce


def late_rate(*, at: date) -> str:
    """The published late-payment rate of that day in percent, or an empty string."""
    return next((rate.percent for rate in LATE_RATES if rate.valid_from <= at <= rate.valid_to), "")


def payment_notes(*, buyer: PartyKind, language: str, at: date, percent: str = "") -> tuple[Note, ...]:
    """The three notes every invoice carries once (L441-9, D441-5): PMT, PMD and AAB, and what kind of operation it is.

    `percent` is the agreed late-payment rate; empty: the published one of the half-year, when there is one.
    """
    consumer = "-consumer" if buyer is PartyKind.CONSUMER else ""
    indemnity = in_force(f"recovery-indemnity{consumer}", at=at).text(language)
    penalty = in_force(f"late-penalty{consumer}", at=at).text(language)
    figure = "" if consumer else percent or late_rate(at=at)
    return (
        Note(code="PMT", text=f"{indemnity}."),
        Note(code="PMD", text=f"{penalty}{_with_figure(figure, language)}."),
        Note(code="AAB", text=f"{in_force('no-discount', at=at).text(language)}."),
        *_nature(language=language, at=at),
    )


def _with_figure(percent: str, language: str) -> str:
    if not percent:
        return ""
    return f", soit {percent.replace('.', ',')} % par an" if language == "fr" else f", i.e. {percent} % a year"


def _nature(*, language: str, at: date) -> tuple[Note, ...]:
    mention = next(one for one in MENTIONS if one.code == "nature-services")
    # Nobody had to print it before the decree, and invoices of that time may still be credited.
    return (Note(code="AAI", text=f"{mention.text(language)}."),) if at >= mention.valid_from else ()
