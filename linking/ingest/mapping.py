"""The mapping of an environment: which of Shopify's values AssetLink writes to which places in Cloudinary, who owns a place, and
how a mapping is saved."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from linking.domain import statuses
from linking.domain.mappings import Line, Mapped, Owners, refusals
from linking.domain.scopes import Assets, Scope
from linking.domain.sheet_columns import ASSET_ID, SheetField
from linking.ingest.sheets import asking
from linking.ingest.sheets.asking import CannotDo
from linking.ingest.sheets.fields import fields_of
from linking.ingest.sheets.sources import PRODUCTS
from linking.ingest.sheets.sources import STATUS as STATUS_SOURCE
from linking.models import Preset, Rule, Sheet, Sync, WriteBack
from setup.models import Environment
from setup.reasons import Reason
from setup.security.actors import Actor
from setup.swatch_rules import is_type_field
from setup.words import _

KEY, ALT, ORDER = Reason("mapping.for_key"), Reason("mapping.for_alt"), Reason("mapping.for_order")
SWATCH, STATUS, LAST_DAY = (
    Reason("mapping.for_swatch"),
    Reason("mapping.for_status"),
    Reason("mapping.for_expiration"),
)
NAME = "Shopify → Cloudinary"


class CannotSave(Exception):
    """`wrong`: place of a line -> why. The text says why where no line is to blame."""

    def __init__(self, said: str = "", wrong: Mapping[int, Reason] | None = None) -> None:
        super().__init__(said)
        self.wrong = wrong or {}


def write_back_of(environment: Environment) -> WriteBack:
    """Not saved where admins have chosen nothing yet."""
    return WriteBack.objects.filter(environment=environment).first() or WriteBack(environment=environment)


def owners_of(environment: Environment, fields: Mapping[str, SheetField]) -> Owners:
    """What AssetLink reads in Cloudinary, by the defaults, shared presets and rules: Shopify never owns these."""
    return Owners.of(_reads(environment, fields))


def _reads(environment: Environment, fields: Mapping[str, SheetField]) -> Iterator[tuple[str, Reason]]:
    yield environment.default_cloudinary_field, KEY
    yield environment.default_order_field or "metadata:sequence", ORDER
    yield environment.alt_field, ALT
    yield f"metadata:{statuses.STATUS}", STATUS
    yield "metadata:expiration", LAST_DAY
    if environment.swatch_field:
        yield environment.swatch_field, SWATCH
    elif not environment.no_swatches:
        yield from ((f"metadata:{id}", SWATCH) for id, one in fields.items() if _tells_type(one))
    kept: list[Mapping[str, Any]] = [
        *Rule.objects.filter(environment=environment).values_list("settings", flat=True),
        *Preset.objects.filter(environment=environment).values_list("settings", flat=True),
    ]
    for settings in kept:
        for name, why in (("cloudinary_field", KEY), ("order_field", ORDER), ("then_field", ORDER)):
            if isinstance(code := settings.get(name), str) and code:
                yield code, why


def _tells_type(field: SheetField) -> bool:
    return is_type_field(field.id) or is_type_field(field.label)


def refused(environment: Environment, lines: Sequence[Line], fields: Mapping[str, SheetField]) -> dict[int, Reason]:
    """Place of a line -> why it cannot be so, as things are now."""
    return refusals(lines, fields, owners_of(environment, fields))


def save(actor: Actor, mapped: Mapped, version: int) -> WriteBack:
    """`version`: of what the person saw. Raises CannotSave, CloudinaryError."""
    environment = actor.environment
    if wrong := refused(environment, mapped.lines, fields_of(environment)):
        raise CannotSave(wrong=wrong)
    if mapped.store is not None and not environment.stores.filter(pk=mapped.store).exists():
        raise CannotSave(_("This store is not connected any more. Choose another one."))
    known = write_back_of(environment)
    before, values = known.mapping, {"mapping": mapped.kept, "version": version + 1}
    if known.pk is None:
        known, made = WriteBack.objects.get_or_create(environment=environment, defaults=values)
        saved = made
    else:
        saved = bool(WriteBack.objects.filter(pk=known.pk, version=version).update(**values))
    if not saved:
        raise CannotSave(_("Somebody else has changed the mapping meanwhile. Look at it and save again."))
    known.refresh_from_db()
    actor.record("setup.mapping", environment, mapped.kept, before=before)
    return known


def save_status(actor: Actor, *, sets_status: bool, required: Sequence[str]) -> None:
    """Whether runs say how far assets are, and without which fields an asset requires data. Raises CannotSave,
    CloudinaryError."""
    environment, fields = actor.environment, fields_of(actor.environment)
    if sets_status and not statuses.is_ready(fields):
        raise CannotSave(_("The field Status is missing. Create it on Prepare first."))
    known = [id for id in dict.fromkeys(required) if id in fields and id != statuses.STATUS]
    values = {"sets_status": sets_status, "required": known}
    row, _made = WriteBack.objects.get_or_create(environment=environment)
    before = {name: getattr(row, name) for name in values}
    WriteBack.objects.filter(pk=row.pk).update(**values)
    actor.record("setup.status", environment, values, before=before)


def begin_status(actor: Actor) -> Sheet:
    """The preview of which assets require data, of all that Cloudinary has. Raises CannotDo, CloudinaryError."""
    required = write_back_of(actor.environment).required
    if not required:
        raise CannotDo(_("No field is required yet. An admin chooses them on Setup."))
    if not statuses.is_ready(fields_of(actor.environment)):
        raise CannotDo(_("The field Status is missing. Create it on Prepare first."))
    source = {"kind": STATUS_SOURCE, "required": required}
    return asking.gather(actor, "Status", source, [ASSET_ID, statuses.CODE], Assets())


def run_of(environment: Environment, key: str) -> Sync:
    """Raises CannotDo."""
    try:
        found = Sync.objects.filter(environment=environment, key=uuid.UUID(key)).first()
    except ValueError:
        found = None
    if found is None:
        raise CannotDo(_("There is no such run."))
    return found


def begin(actor: Actor, *, replaces: bool = False, run: Sync | None = None) -> Sheet:
    """The preview of what would be written to all that is linked, or to the assets of a run; a worker makes it. `replaces`: also
    over what others wrote. Raises CannotDo, CloudinaryError."""
    mapped = write_back_of(actor.environment).mapped
    if not mapped.lines:
        raise CannotDo(_("There is no mapping yet. An admin sets it up on Setup."))
    if mapped.store is not None and not actor.environment.stores.filter(pk=mapped.store).exists():
        # Its products say nothing any more, and that is no reason to empty what they said.
        raise CannotDo(_("The store of the mapping is not connected any more. An admin chooses another one."))
    if wrong := refused(actor.environment, mapped.lines, fields_of(actor.environment)):
        raise CannotDo(str(next(iter(wrong.values()))))
    source = {"kind": PRODUCTS, "mapping": mapped.kept, "replaces": replaces}
    assets = Assets(Scope.RUN, run=run.pk) if run else Assets(Scope.LEDGER)
    return asking.gather(actor, NAME, source, mapped.columns, assets)
