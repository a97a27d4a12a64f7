"""What is left of messages once a person is erased: that something was sent, when, over what; not to whom, nor what it said."""

from collections.abc import Iterable

from django.db.models import Q

from astreinte.accounts.models import User
from astreinte.notifications.models import ContactMethod, Notification
from astreinte.notifications.states import NotificationState as State

ON_ITS_WAY = (State.QUEUED, State.SENDING)


def on_its_way(user: User, *, about: Iterable[str]) -> bool:
    """Whether something to them, or with words of these stories, has still to leave."""
    theirs = Q(person=user) | Q(about__in=list(about))
    return Notification.objects.filter(theirs, state__in=ON_ITS_WAY).exists()


def forget_person(user: User, *, theirs: Iterable[str], about: Iterable[str]) -> int:
    """What went to them, or to a program for them in stories of `theirs`; what was said `about` these to anybody. Answers how many.

    Their ways to be reached are gone.
    """
    count: int = Notification.objects.filter(about__in=list(about)).update(context={})
    sent = Notification.objects.filter(Q(person=user) | Q(about__in=list(theirs)))
    for key in sent.values_list("pk", flat=True):
        nobody = {"address": "", "name": "", "context": {}, "error": "", "provider_ref": "", "once": f"erased/{key}"}
        count += Notification.objects.filter(pk=key).update(**nobody)
    ContactMethod.objects.filter(user=user).delete()
    return count
