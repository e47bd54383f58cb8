"""What people read of roles and of members that cannot be joined."""

from setup.people.ways import Kept
from setup.people.who import Refused
from setup.words import _


def said_of(reason: Refused) -> str:
    return {
        Refused.SOMEBODY_ELSES: _("This way to sign in belongs to somebody else already. Nothing was changed."),
        Refused.JOINED: _("The Console’s account is joined with somebody else already. Nothing was changed."),
        Refused.TWO_PEOPLE: _(
            "Both come in by ways of their own, so they are two people here. Remove one of them instead."
        ),
        Refused.ELSEWHERE: _("They are not of the same environment. Nothing was changed."),
        Refused.SAME: _("This is one member already. Nothing was changed."),
    }[reason]


def said_of_withheld(way: str) -> str:
    """To who came in all the same, by a role that groups gave earlier or that somebody else gave."""
    text = _(
        "{way} did not name your groups, usually because there are too many for its answer. Your role is as it was. Tell the "
        "people who run AssetLink: docs/operator/sign-in.md says what to set there."
    )
    return text.format(way=way)


def said_of_kept(kept: Kept) -> str:
    return {
        Kept.LAST: _("This is your only way to sign in. Add another one first."),
        Kept.ADDRESS: _("A code works as long as this address is yours."),
    }[kept]
