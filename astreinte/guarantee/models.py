"""The policies of the desk: which clauses are covered, from a day on. A ticket keeps the one it was opened under."""

from django.db import models


class DeskPolicy(models.Model):
    """The covered and the excluded clauses, from a day on. The lists are open: the real test is responsibility."""

    from_date = models.DateField(unique=True)
    covered = models.JSONField(default=list)
    excluded = models.JSONField(default=list)
    text = models.JSONField(default=dict)  # the provider's own words, by language, where it wrote some
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["from_date"]
