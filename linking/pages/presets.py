"""Presets as their popover shows them: what each would change here, in words, before anybody takes it over."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linking.domain.bounds import Bound
from linking.domain.fields import ShopifyField
from linking.domain.options import in_words
from linking.domain.order_words import in_short
from linking.forms import SettingsForm
from linking.models import Preset, Selection
from linking.models.selections import KEY_SETTINGS, MODES, ORDER_SETTINGS, RUN_SETTINGS
from linking.models.setting_words import label_of, mode_words, own_words
from linking.selection import presets
from linking.selection.last_settings import offer_to
from linking.selection.taking_over import Taking, possible, weighed
from setup.models import Member, Store
from setup.reasons import Reason
from setup.words import _, ngettext, number

LAST = "last"
# Settings that are said together, or by store.
ORDERED_BY = frozenset(ORDER_SETTINGS) - {"group_order"}
BY_ITSELF = ORDERED_BY | {"store_settings"}


@dataclass(frozen=True)
class PresetRow:
    """`code`: its pk, or LAST for the settings of last time. `summary`: what it holds; `differences`: what it would change here;
    `skipped`: what of it cannot be used here. `mine`: whether the person may change it."""

    code: str
    name: str
    summary: Sequence[str]
    differences: Sequence[str]
    skipped: Sequence[Reason]
    shared: bool = False
    is_default: bool = False
    mine: bool = False


def presets_context(selection: Selection, member: Member, opened: str = "") -> dict:
    """`opened`: of which row the form is open; `new` for that of a further one."""
    shown = selection.store_choices()
    return {
        "selection": selection,
        "rows": list(_rows(selection, member, shown)),
        "opened": opened,
        "may_share": member.is_admin,
    }


def _rows(selection: Selection, member: Member, shown: Mapping[Store, bool]) -> Iterator[PresetRow]:
    if last := offer_to(member):
        name = _("{name}’s last run").format(name=last["whose"]) if last["whose"] else last_time()
        yield _row(selection, LAST, name, last["settings"], last["stores"], shown)
    for one in presets.visible_to(member):
        stores = [store.pk for store in one.stores.all()]
        mine = presets.may_change(member, one)
        yield _row(selection, str(one.pk), one.name, one.settings, stores, shown, preset=one, mine=mine)


def last_time() -> str:
    return _("Settings of last time")


def _row(
    selection: Selection,
    code: str,
    name: str,
    settings: Mapping[str, Any],
    stores: Sequence[int],
    shown: Mapping[Store, bool],
    *,
    preset: Preset | None = None,
    mine: bool = False,
) -> PresetRow:
    taking = weighed(selection, settings, stores, shown)
    known = {"shared": preset.shared, "is_default": preset.is_default} if preset else {}
    summary = list(_summary(selection, possible(settings), len(stores)))
    return PresetRow(code, name, summary, differences(selection, taking, shown), taking.skipped, mine=mine, **known)


def _summary(selection: Selection, settings: Mapping[str, Any], stores: int) -> Iterator[str]:
    """As the bar says it."""
    if "link_mode" in settings:
        yield mode_words(settings["link_mode"], settings.get("position", 1))
    if {"cloudinary_field", "shopify_field"} <= settings.keys():
        field = selection.field_label(settings["cloudinary_field"])
        yield f"{field} = {label_of(ShopifyField.parse(settings['shopify_field']))}"
    if "order_field" in settings:
        yield selection.field_label(settings["order_field"]) if settings["order_field"] else _("As selected")
    if stores:
        yield ngettext("{n} store", "{n} stores", stores).format(n=number(stores))


def differences(selection: Selection, taking: Taking, shown: Mapping[Store, bool]) -> list[str]:
    """“Link Mode: Append → Prepend”, one for each setting that would be another."""
    after = Selection(environment=selection.environment, offered_fields=selection.offered_fields)
    for name in (*KEY_SETTINGS, *RUN_SETTINGS):
        setattr(after, name, taking.changes.get(name, getattr(selection, name)))
    offered = selection.labelled_fields()
    found = [
        _change(_label(name), _value(selection, name, getattr(selection, name)), _value(selection, name, value))
        for name, value in taking.changes.items()
        if name not in BY_ITSELF and not (name == "position" and after.link_mode != "position")
    ]
    if ORDERED_BY & taking.changes.keys():
        found.append(_change(_("Ordered by"), *(in_short(one.orders, offered) for one in (selection, after))))
    if "store_settings" in taking.changes:
        found += _of_stores(selection, after, shown)
    if taking.stores is not None:
        before = [str(store) for store, chosen in shown.items() if chosen]
        then = [str(store) for store in shown if store.pk in taking.stores]
        found.append(_change(_("Stores"), ", ".join(before) or _("none"), ", ".join(then)))
    return found


def _of_stores(before: Selection, after: Selection, shown: Mapping[Store, bool]) -> Iterator[str]:
    """What single stores would have otherwise than all."""
    for store in shown:
        if before.store_settings.get(str(store.pk)) != after.store_settings.get(str(store.pk)):
            was, then = (own_words(one, store.pk) or _("as everywhere") for one in (before, after))
            yield _change(_("{store} only").format(store=store), was, then)


def _change(label: str, before: str, after: str) -> str:
    return _("{setting}: {before} → {after}").format(setting=label, before=before, after=after)


def _label(name: str) -> str:
    """As its control calls it."""
    if name == "bound":
        return _("Only products")
    field = SettingsForm.base_fields.get("shopify_kind" if name == "shopify_field" else name)
    return str(field.label) if field and field.label else name.replace("_", " ").capitalize()


def _value(selection: Selection, name: str, value: Any) -> str:
    """A value in words; one of a setting that has none of its own as it is kept."""
    if name == "cloudinary_field":
        return selection.field_label(value)
    if name == "shopify_field":
        return label_of(ShopifyField.parse(value))
    if name == "link_mode":
        return str(dict(MODES)[value])
    if name == "transformation":
        return value or _("Default image transformation")
    if name == "bound":
        return Bound.of(value).in_full or _("all")
    if name == "variant_reach":
        return in_words(value)
    if isinstance(value, bool):
        return _("on") if value else _("off")
    choices = getattr(SettingsForm.base_fields.get(name), "choices", ())
    return str(dict(choices).get(value, value)) if value not in ("", [], {}) else _("none")
