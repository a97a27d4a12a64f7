"""Rotas, their rotations (layers), and overrides. Kept as local wall time and a zone: see rules/rota.py."""

from django.db import models

from astreinte.accounts.models import User


class Rota(models.Model):
    """A planning of who is on call."""

    name = models.SlugField(max_length=60, unique=True)
    time_zone = models.CharField(max_length=60)

    def __str__(self) -> str:
        return self.name


class Rotation(models.Model):
    """One layer of a rota: people who follow each other."""

    rota = models.ForeignKey(Rota, on_delete=models.CASCADE, related_name="rotations")
    position = models.PositiveSmallIntegerField()
    every_count = models.PositiveSmallIntegerField()
    every_unit = models.CharField(max_length=5, choices=[("hours", "hours"), ("days", "days"), ("weeks", "weeks")])
    handoff_weekday = models.PositiveSmallIntegerField(null=True)  # 0 is Monday; for rotations in weeks
    handoff_time = models.TimeField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(name="a_layer_has_one_rotation", fields=["rota", "position"])]


class RotationPerson(models.Model):
    """A person's place in a rotation."""

    rotation = models.ForeignKey(Rotation, on_delete=models.CASCADE, related_name="people")
    position = models.PositiveSmallIntegerField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["position"]


class Override(models.Model):
    """Somebody replaces whoever the rota says, for a time (start included, end excluded)."""

    rota = models.ForeignKey(Rota, on_delete=models.CASCADE, related_name="overrides")
    layer = models.PositiveSmallIntegerField(null=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    start = models.DateTimeField()
    end = models.DateTimeField()
    # those of the provider file go with it, those that people entered stay
    from_file = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]  # of two that overlap, the later one wins
        constraints = [models.CheckConstraint(name="an_override_lasts", condition=models.Q(end__gt=models.F("start")))]
