"""Presets: settings of Link to Products under a name. Everybody keeps their own; admins share them, and choose the one that new
selections begin with. A link mode that takes media away is taken over by those only who apply a preset and see the difference."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from linking.domain.per_store import modes_of, without_taking
from linking.models import Selection
from linking.models.names import LONGEST_NAME
from linking.models.presets import Preset
from linking.models.selections import KEY_SETTINGS, RUN_SETTINGS
from linking.selection.taking_over import possible, weighed
from setup.models import Environment, Member
from setup.security.actors import Actor
from setup.spelling import UNSEEN, plain
from setup.words import _, ngettext, number

# Of one person, and shared in one environment.
MOST = 50


class CannotSave(Exception):
    """The text says why, and what to do."""


def visible_to(member: Member) -> QuerySet[Preset]:
    """The member's own and those that are shared, own ones first."""
    found = Preset.objects.filter(Q(owner=member) | Q(owner=None), environment=member.environment_id)
    return found.order_by("owner", "name", "pk").prefetch_related("stores")


def may_change(member: Member, preset: Preset) -> bool:
    """Own ones are their owner's, shared ones the admins'."""
    return member.is_admin if preset.shared else preset.owner_id == member.pk


def settings_of(selection: Selection) -> dict[str, Any]:
    return {name: getattr(selection, name) for name in (*KEY_SETTINGS, *RUN_SETTINGS)}


def save_as(actor: Actor, selection: Selection, name: str, *, shared: bool) -> Preset:
    """The selection's settings as they are now. Raises CannotSave."""
    member = actor.member
    if shared and not member.is_admin:
        raise CannotSave(_("Only admins can share presets."))
    preset = Preset(environment=member.environment, owner=None if shared else member)
    preset.name, preset.settings = named(name), settings_of(selection)
    with _in_turn(preset):
        _check_room(preset)
        _save(preset)
        preset.stores.set(selection.stores.all())
    if shared:
        actor.record("preset.add", f"preset {preset.name}", _in_words(preset))
    return preset


@contextmanager
def _in_turn(preset: Preset) -> Iterator[None]:
    """Presets of an environment are changed one after another. One that is there is read once more: what is kept of it is what
    others have saved meanwhile, and what this change is. Raises CannotSave."""
    with transaction.atomic():
        Environment.objects.select_for_update(no_key=True).get(pk=preset.environment_id)
        if preset.pk is not None:
            try:
                preset.refresh_from_db(fields=["owner", "name", "settings", "is_default"])
            except Preset.DoesNotExist:
                raise CannotSave(_("This preset is gone: somebody deleted it.")) from None
        yield


def named(text: str) -> str:
    """A name, as it is kept. Raises CannotSave."""
    name = plain(text)
    if not name or any(sign in UNSEEN and sign != " " for sign in name):
        raise CannotSave(_("Give the preset a name, on one line."))
    if len(name) > LONGEST_NAME:
        said = ngettext("A name has at most {n} character.", "A name has at most {n} characters.", LONGEST_NAME)
        raise CannotSave(said.format(n=number(LONGEST_NAME)))
    return name


def _check_room(preset: Preset) -> None:
    there = Preset.objects.filter(environment=preset.environment, owner=preset.owner).count()
    if there >= MOST:
        said = ngettext(
            "There is room for {n} preset. Delete one first.", "There is room for {n} presets. Delete one first.", MOST
        )
        raise CannotSave(said.format(n=number(MOST)))


def _save(preset: Preset, *fields: str) -> None:
    """`fields`: of one that is there, what was changed."""
    try:
        with transaction.atomic():
            preset.save(update_fields=[*fields, "changed"] if fields else None)
    except IntegrityError:
        raise CannotSave(_("There is a preset of this name. Choose another name, or update that one.")) from None


def rename(actor: Actor, preset: Preset, name: str) -> None:
    """Raises CannotSave."""
    wanted = named(name)
    with _in_turn(preset):
        before, preset.name = preset.name, wanted
        if preset.name != before:
            _save(preset, "name")
    if preset.name != before and preset.shared:
        actor.record("preset.rename", f"preset {preset.name}", {"name": preset.name}, before={"name": before})


def update(actor: Actor, preset: Preset, selection: Selection) -> None:
    """With the selection's settings as they are now. Raises CannotSave."""
    with _in_turn(preset):
        before, preset.settings = _in_words(preset), settings_of(selection)
        if preset.is_default:
            _check_may_begin(preset)
        _save(preset, "settings")
        preset.stores.set(selection.stores.all())
    if preset.shared:
        actor.record("preset.update", f"preset {preset.name}", _in_words(preset), before=before)


def share(actor: Actor, preset: Preset) -> None:
    """For everybody of the environment, and from now on the admins'. Raises CannotSave."""
    if not actor.member.is_admin:
        raise CannotSave(_("Only admins can share presets."))
    with _in_turn(preset):
        preset.owner = None
        _check_room(preset)
        _save(preset, "owner")
    actor.record("preset.add", f"preset {preset.name}", _in_words(preset))


def delete(actor: Actor, preset: Preset) -> None:
    """Raises CannotSave."""
    with _in_turn(preset):
        preset.delete()
    if preset.shared:
        actor.record("preset.delete", f"preset {preset.name}", before=_in_words(preset))


def make_default(actor: Actor, preset: Preset, *, default: bool) -> None:
    """What new selections begin with, or no longer. Of admins who choose at once the last one's choice is in force. Raises
    CannotSave."""
    with _in_turn(preset):
        if default and not preset.shared:
            raise CannotSave(_("Share the preset first."))
        if default:
            _check_may_begin(preset)
            others = Preset.objects.filter(environment=preset.environment_id, is_default=True).exclude(pk=preset.pk)
            others.update(is_default=False)
        preset.is_default = default
        _save(preset, "is_default")
    actor.record("preset.default" if default else "preset.no-default", f"preset {preset.name}")


def _check_may_begin(preset: Preset) -> None:
    known = possible(preset.settings)
    if "link_mode" in known and modes_of(known) != modes_of(known | without_taking(known)):
        raise CannotSave(
            _(
                "New selections cannot begin with Reset or Mirror in any store. Choose another link mode for this preset."
            )
        )


def _in_words(preset: Preset) -> dict[str, str]:
    """For the audit log."""
    return {"link_mode": str(preset.settings.get("link_mode", ""))}


def default_of(environment: Environment) -> Preset | None:
    return Preset.objects.filter(environment=environment, is_default=True).first()


def name_of_default(environment: Environment) -> str:
    preset = default_of(environment)
    return preset.name if preset else ""


def begin(selection: Selection) -> None:
    """A new selection ticks what the default preset ticks, if there is one."""
    preset = default_of(selection.environment)
    wanted = set(preset.stores.values_list("pk", flat=True)) if preset else set()
    taking = weighed(selection, {}, wanted, selection.store_choices()) if wanted else None
    if taking and taking.stores is not None:
        selection.stores.set(taking.stores)


def begun(selection: Selection) -> dict[str, Any]:
    """What a new selection takes of the default preset once the fields of its assets are known: {setting: value}. Nobody has
    changed it yet."""
    preset = default_of(selection.environment) if not selection.version else None
    if preset is None:
        return {}
    known = possible(preset.settings)
    if "link_mode" in known:
        known |= without_taking(known)
    return dict(weighed(selection, known, (), selection.store_choices()).changes)
