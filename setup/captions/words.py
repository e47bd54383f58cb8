"""What pages say of the add-on for captions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from setup.captions import asking
from setup.captions.offer import ADD_ON, OFF, AddOn, State, quota
from setup.models import Environment
from setup.words import _, gettext_lazy, pgettext

OFF_BY_ADMIN = gettext_lazy("AI captions are off for this product environment. An admin can turn them on in Setup.")
STATES = {
    None: gettext_lazy("AssetLink has not asked Cloudinary yet whether the add-on {name} answers."),
    State.ANSWERS: gettext_lazy("The add-on {name} answers."),
    State.ABSENT: gettext_lazy(
        "The add-on {name} is missing: the account has no subscription. Register for it in Cloudinary, then ask again."
    ),
    State.USED_UP: gettext_lazy("This month’s quota of the add-on {name} is used up."),
    State.REFUSED: gettext_lazy(
        "Cloudinary refuses the API key of this product environment. Check its permissions, then ask again."
    ),
}
UNASKED = {
    "busy": gettext_lazy("Cloudinary’s hourly API limit is used up, so the last try had no answer."),
    "no_picture": gettext_lazy("The add-on needs a public image to try, and the product environment has none."),
}
AWAY = gettext_lazy("Cloudinary did not answer the last try.")


@dataclass(frozen=True)
class Known:
    """`quota`: what is left, as far as Cloudinary tells. `trouble`: why the last try had no answer. `at`: of that, or of the
    state. `good`: captions can be had."""

    state: str
    quota: str
    trouble: str
    at: datetime | None
    good: bool


def add_on_context(environment: Environment) -> dict[str, Any]:
    add_on, now = asking.known(environment), timezone.now()
    return {
        "environment": environment,
        "add_on": known(add_on, now),
        "add_on_due": asking.is_due(environment),
        "add_on_asking": asking.is_asking(environment),
    }


def known(add_on: AddOn, now: datetime) -> Known:
    sentences = [str(STATES[add_on.state]).format(name=ADD_ON)]
    if add_on.is_used_up(now) and add_on.until:
        sentences.append(_("It comes back on {day}.").format(day=day_of(add_on.until)))
    trouble = str(UNASKED.get(add_on.unasked, AWAY)) if add_on.unasked else ""
    at = add_on.tried if add_on.unasked else add_on.at
    good = add_on.state == State.ANSWERS and not trouble
    return Known(" ".join(sentences), quota(add_on, now), trouble, at, good)


def cost(environment: Environment) -> str:
    """What an alt text by AI costs, for those who ask for one."""
    costs = _("Each image counts once in the add-on’s monthly quota.")
    return " ".join(filter(None, [costs, environment.captions_quota]))


def not_offered(environment: Environment) -> str:
    """Why there are no captions; empty where nobody who links assets can do anything about it: the add-on is missing, or nobody
    has asked it yet."""
    add_on, now = asking.known(environment), timezone.now()
    if environment.captions == OFF:
        return str(OFF_BY_ADMIN)
    if add_on.is_used_up(now):
        text = _("This month’s quota of AI captions is used up. It comes back on {day}.")
        return text.format(day=day_of(add_on.until)) if add_on.until else ""
    return ""


def refusal(environment: Environment) -> str:
    """For somebody who asks all the same, from a page that is older."""
    return not_offered(environment) or _(
        "AI captions are not offered here: Cloudinary’s add-on for them does not answer."
    )


def day_of(moment: datetime) -> str:
    return date_format(moment, pgettext("date format", "j M Y"))
