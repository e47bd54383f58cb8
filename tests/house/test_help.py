"""What `--help` of our commands says."""

from argparse import ArgumentParser, _AppendAction, _SubParsersAction
from collections.abc import Iterator

from django.core.management import get_commands, load_command_class

OURS = ("linking", "setup")


def options(parser: ArgumentParser) -> Iterator[_AppendAction]:
    """Those that may come several times, of its verbs as well."""
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            for verb in action.choices.values():
                yield from options(verb)
        elif isinstance(action, _AppendAction):
            yield action


def test_what_may_come_several_times_says_so():
    commands = [name for name, app in get_commands().items() if app in OURS]
    found = {
        f"{name} {one.option_strings[0]}": one.help or ""
        for name in commands
        for one in options(load_command_class(get_commands()[name], name).create_parser("manage.py", name))
    }
    assert {"link --store", "api_key --scope", "webhook --event"} <= set(found)
    assert [option for option, help in found.items() if "several times" not in help and "at most" not in help] == []
