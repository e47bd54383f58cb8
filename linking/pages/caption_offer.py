"""What pages say of AI captions where people ask for them: what they cost, or why there are none."""

from typing import Any

from django.utils import timezone

from setup.captions import asking, words
from setup.models import Environment
from setup.words import ngettext, number


def asked_context(environment: Environment, wanted: int) -> dict[str, Any]:
    """`wanted`: for so many images they can be asked for at once."""
    if not environment.offers_captions:
        return {"no_captions": words.not_offered(environment)}
    return {"captions_cost": words.cost(environment), "too_many": too_many(environment, wanted)}


def too_many(environment: Environment, wanted: int) -> str:
    """How many images the quota does not reach for."""
    left = asking.known(environment).left_at(timezone.now())
    if left is None or wanted <= left:
        return ""
    over = wanted - left
    return ngettext("It does not reach for {n} image.", "It does not reach for {n} images.", over).format(
        n=number(over)
    )
