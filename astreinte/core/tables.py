"""Makes many tables at once: a migration operation."""

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation


class Tables(Operation):
    """`CreateModel`, for a whole room: 1 s for all rooms where one after the other takes 2.3 s.

    Django draws the models of the migrations again, all that are related, after each one that is added; here they are
    drawn once. The models stand in the order in which the tables are made: a table after those it refers to.
    """

    def __init__(self, models: Sequence[CreateModel]) -> None:
        self.models = models

    def state_forwards(self, app_label: str, state: Any) -> None:
        """What is known of the models, without drawing them."""
        state.__dict__.pop("apps", None)  # a cached property: it is drawn again when somebody asks
        for model in self.models:
            model.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Make them."""
        for model in self.models:
            model.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Drop them, the last one first."""
        for model in reversed(self.models):
            model.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """For whoever reads what migrate does."""
        return f"Create models {', '.join(model.name for model in self.models)}"
