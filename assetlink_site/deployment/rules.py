"""A rule looks at the settings and yields what is wrong, each with what to do. Its id is for ever: people look it up, and silence
it by SILENCED_SYSTEM_CHECKS. Its docstring is its line in docs/operator/settings.md."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from assetlink_site.variables import Variables

Finding = tuple[str, str]  # what is wrong; what to do
Rule = Callable[["Site"], Iterator[Finding]]
RULES: dict[str, Rule] = {}


@dataclass(frozen=True)
class Site:
    known: Variables
    given: Mapping[str, str] = field(default_factory=dict)  # all variables that are set, ours or not


def rule(number: str) -> Callable[[Rule], Rule]:
    """E: an error; W: a warning; I: something to know, whatever `--fail-level` is. Of a rule that is gone the number is not given
    again."""

    def registered(function: Rule) -> Rule:
        assert number not in RULES, number
        RULES[number] = function
        return function

    return registered
