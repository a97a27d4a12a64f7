"""How many tickets and verdicts there are: for the metrics. Reads only."""

from django.db.models import Count

from astreinte.tickets.models import Mode, Ticket, Verdict


def tally() -> dict[str, int]:
    """How many tickets of each mode there ever were; rehearsals have a mode of their own."""
    return dict(Ticket.objects.order_by().values_list("mode").annotate(count=Count("pk")))


def verdicts_tally() -> dict[str, int]:
    """How many verdicts rest on each clause; the examples of rehearsals are none."""
    return dict(
        Verdict.objects.exclude(ticket__mode=Mode.REHEARSAL)
        .order_by()
        .values_list("clause")
        .annotate(count=Count("pk"))
    )
