"""The expected "no" of the case: each sentence says why, and what remains possible."""

from http import HTTPStatus

from astreinte.core.refusals import Refusal


class NotEntitled(Refusal):
    """Urgent tickets come with a dedicated server: %(server)s is on the plan %(plan)s. A standard ticket is free."""

    slug = "not-entitled"
    status = HTTPStatus.FORBIDDEN


class ServerGone(Refusal):
    """%(server)s is no longer looked after by us: nobody is woken for it. A message in the ticket is read in working hours."""

    slug = "not-entitled"
    status = HTTPStatus.FORBIDDEN


class NoRight(Refusal):
    """You do not have the right to open urgent tickets for %(customer)s: an owner of the account can give it. A standard ticket is free."""

    slug = "not-entitled"
    status = HTTPStatus.FORBIDDEN


class CapReached(Refusal):
    """Your monthly limit of %(cap)s for urgent tickets would be exceeded: an owner of the account can raise it. A standard ticket is free."""

    slug = "not-entitled"
    status = HTTPStatus.FORBIDDEN


class NotOffered(Refusal):
    """Urgent tickets are not available at the moment: no tariff or no policy is in force. A standard ticket is free."""

    slug = "not-offered"
    status = HTTPStatus.CONFLICT


class PriceUnknown(Refusal):
    """The price for this customer cannot be established: %(reason)s. A standard ticket is free; please ask us."""

    slug = "not-offered"
    status = HTTPStatus.CONFLICT


class RehearsalRuns(Refusal):
    """You are rehearsing already: end %(ref)s first."""

    slug = "rehearsal-runs"


class RehearsedEnough(Refusal):
    """You have rehearsed %(most)s times within a day: come back tomorrow. A real ticket can be opened at any time."""

    slug = "too-many-requests"
    status = HTTPStatus.TOO_MANY_REQUESTS


class OnlyRehearsed(Refusal):
    """This is a rehearsal: nobody else is called for it."""

    slug = "rehearsal"


class ConsentRequired(Refusal):
    """An urgent ticket needs your acceptance of the price and of the text shown."""

    slug = "consent-required"


class OfferChanged(Refusal):
    """The price or the text has changed since it was shown to you. Nothing was opened: here is the current offer."""

    slug = "offer-changed"


class BoxNotTicked(Refusal):
    """Please tick the box about the right of withdrawal: the law asks for it before an urgent intervention."""

    slug = "consent-required"


class AlreadyUrgent(Refusal):
    """This ticket is already urgent."""

    slug = "already-urgent"


class NoLongerOpen(Refusal):
    """This ticket is no longer open."""

    slug = "not-open"


class TooLateToCancel(Refusal):
    """An engineer has already taken charge: the ticket can no longer be cancelled. The verdict will say whether anything is due."""

    slug = "too-late"


class NotResolvedYet(Refusal):
    """Resolve the ticket before you give the verdict."""

    slug = "not-resolved"


class NotUrgent(Refusal):
    """Only an urgent ticket has a verdict."""

    slug = "not-urgent"


class UnknownClause(Refusal):
    """This clause is not in the policy of this ticket."""

    slug = "unknown-clause"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class NoEvidence(Refusal):
    """Choose at least one piece of evidence of this ticket: a verdict that bills rests on something."""

    slug = "no-evidence"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class CoveredByIncident(Refusal):
    """This ticket is about the incident "%(title)s", which the guarantee covers: it cannot be billed."""

    slug = "covered-by-incident"


class PerhapsOurs(Refusal):
    """Several customers told us of trouble at the same time: say first whether "%(title)s" is one trouble of ours."""

    slug = "perhaps-ours"


class NoConsent(Refusal):
    """No fee was accepted for this ticket: it cannot be billed."""

    slug = "no-consent"


class AlreadyGiven(Refusal):
    """The verdict of this ticket was already given."""

    slug = "already-given"


class NothingToContest(Refusal):
    """There is no billed verdict to contest on this ticket."""

    slug = "nothing-to-contest"


class TooLateToContest(Refusal):
    """A verdict can be contested for 30 days: this one was given on %(given_on)s."""

    slug = "too-late"


class AlreadyContested(Refusal):
    """This verdict was already contested."""

    slug = "already-contested"


class SamePerson(Refusal):
    """Whoever gave the verdict, or contested it, does not decide the dispute: ask a colleague."""

    slug = "same-person"
    status = HTTPStatus.FORBIDDEN


class NoDispute(Refusal):
    """There is no open dispute on this ticket."""

    slug = "no-dispute"


class EvidenceIsBroken(Refusal):
    """The evidence of %(ref)s is not what was sealed, see astreinte verify: nothing can be erased before that is understood."""

    slug = "evidence-broken"


class StillOpen(Refusal):
    """%(ref)s is still open: resolve or cancel it first. Nothing was erased."""

    slug = "still-open"


class StillUndecided(Refusal):
    """%(ref)s has no verdict yet: give it first. Nothing was erased."""

    slug = "still-undecided"


class StillDisputed(Refusal):
    """%(ref)s is contested, or looked at again: answer first. Nothing was erased."""

    slug = "still-disputed"


class StillUnbilled(Refusal):
    """%(ref)s is not billed yet: wait for its invoice, or for its charge to be cancelled. Nothing was erased."""

    slug = "still-unbilled"


class StillUnsealed(Refusal):
    """The evidence of %(ref)s is not all sealed yet, which takes half an hour after the resolution. Nothing was erased."""

    slug = "still-unsealed"
