"""The base of every section: frozen, strict about its keys, and open to a choice by `type`."""

from typing import Any, ClassVar, Self, cast

from pydantic import BaseModel, ConfigDict, ValidatorFunctionWrapHandler, model_validator


class Section(BaseModel):
    """A mapping of the file. Keys are those of the file (`from`), fields those of Python (`from_`)."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    @classmethod
    def chosen(cls, value: object) -> "type[Section]":
        """The section that reads this value."""
        del value
        return cls

    @classmethod
    def keys(cls) -> list[str]:
        """The keys people may write."""
        return [info.alias or name for name, info in cls.model_fields.items()]


class Choice(Section):
    """A section whose other keys depend on its `type`."""

    model_config = ConfigDict(extra="ignore")

    types: ClassVar[dict[str, type[Section]]] = {}

    @classmethod
    def chosen(cls, value: object) -> type[Section]:
        kind = value.get("type") if isinstance(value, dict) else None
        return cls.types.get(kind, cls) if isinstance(kind, str) else cls

    @model_validator(mode="wrap")
    @classmethod
    def _read_by_type(cls, value: Any, handler: ValidatorFunctionWrapHandler) -> Self:
        chosen = cls.chosen(value)
        return handler(value) if chosen is cls else cast("Self", chosen.model_validate(value))
