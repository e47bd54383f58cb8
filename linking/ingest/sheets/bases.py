"""What AssetLink wrote to assets last, or found to be the same: the third of the three states that tell who changed what."""

from collections.abc import Mapping, Sequence

from linking.domain.sheet_rows import Value, back, kept
from linking.models import WrittenBack
from setup.models import Environment


def bases_of(environment: Environment, asset_ids: Sequence[str]) -> dict[str, dict[str, Value]]:
    """Of at most 500, by asset ID and code."""
    rows = WrittenBack.objects.filter(environment=environment, asset_id__in=asset_ids)
    return {row.asset_id: back(row.values) for row in rows}


def keep_bases(environment: Environment, known: Mapping[str, Mapping[str, Value]]) -> None:
    """What is empty by now was never written: whatever comes there is somebody else's."""
    before = bases_of(environment, list(known))
    rows, over = [], []
    for id, values in known.items():
        old = before.get(id, {})
        new = {code: value for code, value in {**old, **values}.items() if value}
        if old and not new:
            over.append(id)
        elif new != old:
            rows.append(WrittenBack(environment=environment, asset_id=id, values=kept(new)))
    WrittenBack.objects.filter(environment=environment, asset_id__in=over).delete()
    WrittenBack.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["environment", "asset_id"], update_fields=["values"]
    )
