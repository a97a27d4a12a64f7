"""What every shape shares: fields that do not exist are refused on the way in, examples are checked, money is a string."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from astreinte.accounts.models import User
from astreinte.core import money


def example(**values: Any) -> ConfigDict:
    """A shape's example, shown in the document of the API."""
    return ConfigDict(json_schema_extra={"examples": [values]})


def asked(**values: Any) -> ConfigDict:
    """The same for what is sent to us: a field that does not exist is refused, so that a misspelt one is not ignored."""
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [values]})


class Shape(BaseModel):
    """A JSON object of the API."""

    @classmethod
    def example(cls) -> Mapping[str, Any]:
        """The example of this shape."""
        extra: Any = cls.model_config.get("json_schema_extra") or {}
        found: Mapping[str, Any] = extra["examples"][0]
        return found


class Person(Shape):
    """Somebody, by name and address."""

    model_config = example(email="alice@hebergement.example", name="Alice Martin")
    email: str
    name: str


class Problem(Shape):
    """What was refused, and why (RFC 9457). `type` ends in a stable slug; `offer` comes with those about the price."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "type": "https://desk.example/problems/not-found",
                    "title": "There is nothing here that you may see.",
                    "status": 404,
                }
            ]
        },
    )
    type: str
    title: str
    status: int


def person_out(user: User) -> Person:
    return Person(email=user.email, name=user.name)


def amount(cents: int) -> str:
    """Money as the API writes it."""
    return money.decimal_string(cents)


def name_of(user: User | None) -> str | None:
    return user.name if user else None
