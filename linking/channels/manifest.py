"""A selection as a channel takes it: a line for each asset, key and rendition, and what cannot go. Nothing that may
not be shown to the world has a line."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from linking.cloudinary.assets import present
from linking.cloudinary.renditions import delivery_url
from linking.delivery.terms import terms_of
from linking.domain import showable
from linking.domain.assets import Asset
from linking.domain.channel_names import Names
from linking.domain.channels import Profile, named
from linking.models import SelectedAsset, Selection
from linking.reporting.columns import safe
from setup.cloudinary.client import CloudinaryClient
from setup.reasons import Reason


@dataclass(frozen=True)
class Problem:
    """`rendition`: empty for all."""

    asset: str
    rendition: str
    reason: Reason


@dataclass
class Export:
    """`lines`: by source (linking.domain.channels.SOURCES), in the order of the selection."""

    profile: Profile
    lines: list[dict[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def previewed(selection: Selection, profile: Profile) -> Export:
    """By what is known of the assets, without asking anybody."""
    return _made(selection, profile, None)


def exported(selection: Selection, profile: Profile) -> Export:
    """By what they are now. Raises CloudinaryError."""
    rows = [row.asset for row in _rows(selection)]
    now: dict[str, Asset | None] = {}
    for some in present(CloudinaryClient(selection.environment), rows, timed=False):
        now |= some
    return _made(selection, profile, now)


def _rows(selection: Selection) -> Iterator[SelectedAsset]:
    for one in selection.whole():
        yield from one.assets.filter(excluded=False).order_by("place")


def _made(selection: Selection, profile: Profile, now: Mapping[str, Asset | None] | None) -> Export:
    environment, export, names = selection.environment, Export(profile), Names()
    terms, at, places = terms_of(environment), timezone.now().timestamp(), dict[str, int]()
    for row in _rows(selection):
        known = row.asset
        asset = known if now is None else now.get(row.asset_id)
        if reason := showable.why_not(asset if row.known else None, environment.pk, terms, now=at):
            export.problems.append(Problem(known.name, "", reason))
            continue
        assert asset is not None
        fit = [
            one
            for one in profile.renditions
            if not (trouble := one.trouble(asset)) or _no(export, known, one.name, trouble)
        ]
        for sku in (selection.keying.keys(known) if fit else ()) or ([""] if fit else []):
            places[sku] = places.get(sku, 0) + 1
            values = _values(row, known, sku, places[sku])
            for one in fit:
                width, height = one.size_of(asset)
                its = {**values, "rendition": one.name, "width": str(width), "height": str(height)}
                its["file_name"] = names.take(named(profile.naming, its), one.format)
                its["url"] = delivery_url(environment, asset, one.transformation, one.format)
                export.lines.append(its)
    return export


def _no(export: Export, asset: Asset, rendition: str, reason: Reason) -> bool:
    export.problems.append(Problem(asset.name, rendition, reason))
    return False


def _values(row: SelectedAsset, asset: Asset, sku: str, position: int) -> dict[str, str]:
    metadata = {
        f"metadata:{name}": value if isinstance(value, str) else ", ".join(value)
        for name, value in asset.metadata.items()
    }
    alt = row.alt if row.alt is not None else asset.context.get("alt", "")
    own = {"sku": sku, "position": str(position), "name": asset.name, "alt": alt, "public_id": asset.public_id}
    return {**metadata, **own, "asset_id": asset.asset_id}


def as_csv(export: Export) -> bytes:
    """With a byte order mark, in the channel's columns."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([safe(one.title) for one in export.profile.columns])
    writer.writerows([safe(value) for value in line] for line in _cells(export))
    return ("\ufeff" + out.getvalue()).encode("utf-8", "replace")


def as_json(export: Export) -> bytes:
    titles = [one.title for one in export.profile.columns]
    return json.dumps(
        [dict(zip(titles, line, strict=True)) for line in _cells(export)], ensure_ascii=False, indent=1
    ).encode()


def _cells(export: Export) -> Iterator[Sequence[str]]:
    for line in export.lines:
        yield [line.get(one.source, "") for one in export.profile.columns]
