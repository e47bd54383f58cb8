"""The settings of last time: what this person used last, or else what the environment's last run that wrote used, is offered to
a new selection."""

from linking.domain.fields import BadField
from linking.domain.keying import Keying
from linking.domain.named_products import NAMED
from linking.domain.per_store import without_taking
from linking.models import Selection, Sync
from linking.models.selections import RUN_SETTINGS
from linking.selection.taking_over import usable
from setup.models import Member


def offer_to(member: Member) -> dict:
    """What a selection keeps as its offer: {"settings": {field: value}, "stores": [pk, …], "whose": name, empty for the
    person's own, "instead_of": the link mode that is not offered}, or {} before the first run."""
    runs = Sync.objects.filter(environment=member.environment, kind="link").select_related("member")
    runs = runs.exclude(shopify_field=NAMED)  # whose products a program named
    # What others only tried out is nobody's example.
    last = runs.filter(member=member).first() or runs.filter(dry_run=False).first()
    if last is None:
        return {}
    try:
        keying = Keying.parse(last.keying or last.cloudinary_field)
    except BadField:  # of another release
        return {}
    settings = {name: getattr(last, name) for name in RUN_SETTINGS} | keying.settings
    settings |= without_taking(settings)
    return {
        "settings": settings,
        "stores": list(last.parts.values_list("store_id", flat=True)),
        "whose": "" if last.member_id == member.pk else str(last.member),
        "instead_of": last.link_mode if settings["link_mode"] != last.link_mode else "",
    }


def changes_of(selection: Selection) -> dict:
    """What of the offer would change the selection: {field: value}. What cannot be used here is left out."""
    known, _skipped = usable(selection, selection.offer.get("settings", {}))
    return {name: value for name, value in known.items() if getattr(selection, name) != value}


def sensible(selection: Selection, offered: list[dict]) -> dict[str, str]:
    """Where the environment or the assets lack a field that a new selection begins with, begin with one that they have."""
    codes = [str(field["code"]) for field in offered]
    changes = {}
    if selection.cloudinary_field not in codes:
        changes["cloudinary_field"] = next((code for code in codes if "sku" in code.lower()), "display_name")
    by_hand = selection.version and not selection.order_field  # a draft that goes on: “as selected” was chosen
    if selection.order_field not in codes and not by_hand:
        changes["order_field"] = "metadata:sequence" if "metadata:sequence" in codes else ""
    if selection.then_field not in (*codes, ""):
        changes["then_field"] = ""
    return changes


def settled(selection: Selection, known: dict) -> dict:
    """What becomes of the offer when the assets' fields are known: one that would change nothing is none."""
    for name, value in known.items():
        setattr(selection, name, value)
    chosen = set(selection.stores.values_list("pk", flat=True))
    return {} if changes_of(selection) or offered_stores(selection) - chosen else {"offer": {}}


def offered_stores(selection: Selection) -> set[int]:
    """The offered stores that can be linked to."""
    there = selection.environment.stores.open_to(selection.member).filter(pk__in=selection.offer.get("stores", []))
    return set(there.values_list("pk", flat=True))


def take(selection: Selection) -> None:
    """Use what is offered; the caller saves the row."""
    for name, value in changes_of(selection).items():
        setattr(selection, name, value)
    if stores := offered_stores(selection):
        selection.stores.set(stores)
    selection.last_change = {}
    decline(selection)


def decline(selection: Selection) -> None:
    selection.offer = {}
