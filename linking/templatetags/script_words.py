"""Texts that scripts show, for the pages where people arrange a selection: static/js/words.js reads them."""

from django import template
from django.utils.html import json_script
from django.utils.safestring import SafeString

from setup.words import _, ngettext

register = template.Library()


@register.simple_tag
def script_words() -> SafeString:
    return json_script(words(), "words")


def words() -> dict[str, str | list[str]]:
    """By name. Of a list, the first is for one and the second for several; values stand in braces."""
    return {
        # arrange.js
        "saved": _("Saved"),
        "saving": _("Saving …"),
        "settings": _("Settings"),
        "away": _("Not saved: you are offline."),
        "ended": _("Not saved: your session has ended."),
        "failed": _("Not saved: AssetLink met an error of its own."),
        "refused": _("Not saved: AssetLink could not take it."),
        "unsaved": _("Not saved: {reason}"),
        "left": _("Still to be saved: {name}."),
        "leftMore": _("Still to be saved: {name} and {n} more."),
        "impossible": _("{name}: this is no longer possible. Load the page again."),
        "notStarted": _("Not started. {reason}"),
        # picking.js
        "select": _("Select {name}"),
        "selectGroup": _("Select all of {key}"),
        "selectAll": _("Select all {n}"),
        "selected": _("{n} selected"),
        "noneSelected": _("Nothing selected"),
        "exclude": _("Exclude {name}"),
        "include": _("Include {name}"),
        # alts.js
        "characters": pair(
            ngettext("{n} character", "{n} characters", 1), ngettext("{n} character", "{n} characters", 2)
        ),
        "manyCharacters": _("{n} characters; at most {most} are best"),
        "otherTab": _("Not saved. The other tab saved “{text}”."),
        "otherTabNone": _("Not saved. The other tab saved no text."),
        "saveMine": _("Save mine"),
        "keepTheirs": _("Keep that"),
        # configuration.js
        "leaveField": _("Not started: leave the field first."),
        "pressAgain": _("Nothing started yet. Press again to start."),
    }


def pair(one: str, several: str) -> list[str]:
    return [one, several]
