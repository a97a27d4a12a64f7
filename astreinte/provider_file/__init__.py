"""The provider file: what a provider writes to describe its whole desk. Pure: text in, values or problems out."""

from astreinte.provider_file.grammar import ProviderFile
from astreinte.provider_file.parsing import parse
from astreinte.provider_file.problems import Problem, ProviderFileRefused

__all__ = ["Problem", "ProviderFile", "ProviderFileRefused", "parse"]
