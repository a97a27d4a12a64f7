"""A refusal in the reader's language."""

from django.utils.translation import gettext as _

from astreinte.core.refusals import Refusal


def said(refusal: Refusal) -> str:
    """The sentence of a refusal, with its details."""
    return _(refusal.sentence) % refusal.details
