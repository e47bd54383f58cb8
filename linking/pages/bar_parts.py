"""The large parts of Link Configuration, which a change of a setting draws again only if the page shows them otherwise: each says
in the form what it shows, as a short text that is another one for everything that can be seen in it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple
from typing import Any, NamedTuple, Protocol

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language

from linking.domain import bounds
from linking.forms import StoreSettingsForm
from linking.models.selections import ORDER_SETTINGS
from linking.pages.store_cards import StoreCard
from linking.pages.versions import version_of

# The field of the form in which the parts say what they show (linking.templatetags.bar).
SHOWS = "shows"
Written = str | tuple[str, ...]


class Known(Protocol):
    """What a part is drawn of: a context, before or while a template is rendered with it."""

    def __getitem__(self, name: str, /) -> Any: ...


class BarPart(NamedTuple):
    """`fields`: of the form, that it has; `besides`: what else can be seen in it."""

    fields: Sequence[str]
    besides: Callable[[Known], object]


def _mode(known: Known) -> object:
    return known["sentence"].takes, known["sentence"].plans_first, known["selection"].position


def _stores(known: Known) -> object:
    shown = [(_card(card), card.numbers, card.without_assets) for card in known["store_cards"]]
    names = known["sentence"].field, known["board"].tally.label
    own = [_values(form) for form in known["own_forms"].values()]
    return shown, own, names, len(known["matching"]) > 1, known["queue_down"], known["request"].member.is_admin


def _values(form: StoreSettingsForm) -> object:
    return form.prefix, form.for_all, [(_written(one), list(one.errors)) for one in form]


def _card(card: StoreCard) -> object:
    store = card.store.pk, str(card.store), card.store.plan
    return store, card.chosen, card.state, card.refreshing, card.problem, card.asked, card.doing, card.note, card.own


def _match(known: Known) -> object:
    metafields = (known["metafields"](), known["connected"]) if known["by_metafield"] else ()
    return known["offered"], known["total"], known["selection"].fold, metafields, known["selection"].bound


def _order(known: Known) -> object:
    ordering = known["ordering"]
    return known["offered"], known["total"], known["confirm"], astuple(ordering)


def _more(known: Known) -> object:
    selection, form = known["selection"], known["form"]
    option = known["option"]() if form["variant_reach"].value() == "option" else ()
    environment = selection.environment
    renditions = environment.image_transformation, environment.allowed_transformations
    variants = known["by_variant"] and form["shopify_kind"].value()
    return known["board"].long_alts, variants, option, renditions, selection.pattern, known["keying"]


BOUNDS = tuple(f"bound_{part}" for part in bounds.PARTS)
VARIANTS = ("variant_pictures", "variant_reach", "option_choice", "variant_option")
PARTS: Mapping[str, BarPart] = {
    "mode": BarPart(("link_mode", "position"), _mode),
    "stores": BarPart((), _stores),
    "match": BarPart(("cloudinary_field", "shopify_kind", "metafield", *BOUNDS), _match),
    "order": BarPart(ORDER_SETTINGS, _order),
    "more": BarPart(("alt_policy", "transformation", "pattern", "separator", "fold", *VARIANTS), _more),
}


def shown_by(name: str, known: Known) -> str:
    part = PARTS[name]
    fields = [known["form"][field] for field in part.fields]
    values = [(_written(one), list(one.errors)) for one in fields]
    return f"{name} {version_of([values, part.besides(known), get_language()])}"


def to_draw(known: Mapping[str, Any], given: QueryDict) -> list[str]:
    """The parts that the page which sent the form does not show as they are now. All of them if it does not say."""
    shows = set(given.getlist(SHOWS))
    return [name for name in PARTS if shown_by(name, known) not in shows or _chosen_otherwise(name, known, given)]


def _chosen_otherwise(name: str, known: Mapping[str, Any], given: QueryDict) -> bool:
    """Whether something in it was chosen or written that was not taken over: the page shows that still."""
    if name == "stores":
        chosen = {str(card.store.pk) for card in known["store_cards"] if card.chosen}
        return set(given.getlist("stores")) != chosen
    fields = [known["form"][field] for field in PARTS[name].fields if field in given]
    return any(_sent(one, given) != _written(one) for one in fields)


def _sent(field: forms.BoundField, given: QueryDict) -> Written:
    several = isinstance(field.field, forms.MultipleChoiceField)
    return tuple(filter(None, given.getlist(field.name))) if several else str(given[field.name])


def _written(field: forms.BoundField) -> Written:
    """As a browser sends it; of fields of several values without the empty one, in which another is written."""
    value = field.value()
    if isinstance(field.field, forms.MultipleChoiceField):
        return tuple(str(one) for one in value or () if one)
    return "on" if value is True else str(value or "")
