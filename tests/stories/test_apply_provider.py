"""A provider describes its whole desk in one file: the installation matches it, or does not move."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from astreinte.core.actors import SYSTEM
from astreinte.flows import apply_provider
from astreinte.provider_file import parse

EXAMPLE = (Path(__file__).parents[1] / "data" / "provider.yaml").read_text(encoding="utf-8")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def applied(text=EXAMPLE, *, at=NOON, dry_run=False):
    return apply_provider.apply(parse(text), by=SYSTEM, at=at, dry_run=dry_run)


@pytest.mark.django_db
def test_a_second_apply_changes_nothing():
    first = applied()
    assert len(first) > 20
    assert applied() == []
