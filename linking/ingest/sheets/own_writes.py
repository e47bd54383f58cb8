"""What AssetLink writes to Cloudinary by itself fires no rule: what an asset will be is kept before it is written, and known when
it comes back (linking.rules.events.looking).

That is what products say, and what runs say in the status field, forth and back. What a person has written by a spreadsheet, a
convention or a preview of what requires data is that person's change: rules that wait for it fire once. No rule writes any of
these, so that no loop begins there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from linking.cloudinary.prints import prints_of
from linking.cloudinary.renditions import withheld
from linking.domain.assets import Asset
from linking.domain.sheet_columns import ALT, CONTEXT, FIELD, TAGS
from linking.domain.sheet_rows import Value
from linking.models import SeenAsset, Sheet
from setup.models import Environment


def is_own(sheet: Sheet) -> bool:
    """`run`: a status by the word of a run."""
    kind = sheet.source.get("kind")
    return kind == "products" or (kind == "status" and bool(sheet.source.get("run")))


def foresee(environment: Environment, writes: Sequence[tuple[Asset, Mapping[str, Value]]]) -> None:
    """Before it is written. What nobody has looked at yet since somebody else changed it stays to be found."""
    known = {asset.asset_id: (asset, values) for asset, values in writes}
    rows = list(SeenAsset.objects.filter(environment=environment, asset_id__in=list(known)))
    own = []
    for row in rows:
        asset, values = known[row.asset_id]
        if said_of(environment, asset) in (row.said, row.ours):
            row.ours = said_of(environment, written(asset, values))
            own.append(row)
    SeenAsset.objects.bulk_update(own, ["ours"], batch_size=500)


def said_of(environment: Environment, asset: Asset) -> str:
    return prints_of(asset, withheld(environment, asset).code).said


def written(asset: Asset, values: Mapping[str, Value]) -> Asset:
    """The asset when these values, by code, are written to it. What is empty is not there."""
    metadata, context, tags = dict(asset.metadata), dict(asset.context), set(asset.tags)
    for code, value in values.items():
        if code.startswith(FIELD):
            metadata[code.removeprefix(FIELD)] = value
        elif code.startswith(TAGS):
            prefix = code.removeprefix(TAGS)
            tags = {tag for tag in tags if not tag.startswith(prefix)} | set(value)
        else:
            context["alt" if code == ALT else code.removeprefix(CONTEXT)] = str(value)
    metadata = {id: value for id, value in metadata.items() if value}
    context = {key: value for key, value in context.items() if value}
    return replace(asset, metadata=metadata, context=context, tags=tuple(sorted(tags)))
