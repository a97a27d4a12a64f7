"""What erasing a person takes away and what stays, in words: the same at the terminal and on the screen."""

from django.utils.translation import gettext as _

from astreinte.flows.erase_person import Found


def goes(found: Found) -> list[tuple[int, str]]:
    """What is gone, and how much of each."""
    typed = found.typed
    return [
        (sum(one.opened for one in typed), _("tickets, their sentences and texts")),
        (sum(len(one.messages) for one in typed), _("messages")),
        (found.files, _("files")),
        (sum(len(one.disputes) for one in typed), _("disputes")),
        (found.diagnoses, _("texts of diagnoses")),
        (sum(len(one.evidence) for one in typed), _("pieces of evidence, whose place in the chain stays proven")),
    ]


def account() -> str:
    """And who they were."""
    return _("And the account itself: name, address, password, keys, sessions, memberships, ways to be reached.")


def stays(found: Found) -> list[tuple[int, str]]:
    """What the law asks for."""
    return [(found.acceptances, _("acceptances of a fee, with their papers"))]


def also_stays() -> str:
    """What cannot be counted by person."""
    return _("Also the invoices with the subject of their case, and the name on lines of the history.")


def file_first() -> str:
    """The provider file is outside the desk."""
    return _("If the provider file names them, take them out of it: the next apply would make their account anew.")
