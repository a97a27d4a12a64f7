"""What `astreinte doctor` says of the watching: what proves that we see, from where, and the public page."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from astreinte.monitoring import queries as watched
from astreinte.monitoring import vantage
from astreinte.web.public.frame import BELIEVED_FOR
from astreinte.workers.doctor_lines import Line, amber, green


def references() -> Iterator[Line]:
    """What proves that we see."""
    known = vantage.references()
    if known:
        yield green("references", ", ".join(known))
        return
    sentence = _("Nothing proves that we see: a cut of our own line would look like a fault of every server.")
    yield amber("references", sentence, _("Write monitoring.references in the provider file."))


def sites(at: datetime) -> Iterator[Line]:
    """Each place that is looked from."""
    for site in vantage.overview():
        about = f"site {site}"
        if vantage.is_blind(site, at=at):
            yield amber(about, _("It sees nothing: none of its references answer."), _("Look at its network."))
        elif not vantage.is_heard(site, at=at):
            remedy = _("Start it there: `astreinte prober --site %s --core ...`.") % site
            yield amber(about, _("It is not heard."), remedy)
        elif site.name != vantage.MAIN:
            yield green(about, _("Heard, and it sees."))


def status_page(at: datetime) -> Iterator[Line]:
    """On a machine where no keeper writes, there is nothing to look at."""
    try:
        age_s = at.timestamp() - (settings.STATUS_DIR / "index.html").stat().st_mtime
    except OSError:
        return
    if age_s > BELIEVED_FOR.total_seconds():
        sentence = _("It was last written %d min ago: nobody should believe it.") % (age_s // 60)
        yield amber(
            "status page", sentence, _("See that a keeper runs, and that it may write in %s.") % settings.STATUS_DIR
        )
    else:
        yield green("status page", _("Written in %s.") % settings.STATUS_DIR)


def pings() -> Iterator[Line]:
    """By which way an echo leaves, for the user who asks: the prober should be the same."""
    from astreinte.core import echoes

    way = echoes.path()
    if way is not echoes.Path.NONE:
        yield green("ping", _("Echoes leave by this way: %s.") % way)
    elif "ping" in watched.kinds():
        sentence = _("No echo can leave: the checks of the kind ping are broken.")
        yield amber("ping", sentence, _("Give the prober CAP_NET_RAW, or install iputils-ping."))
