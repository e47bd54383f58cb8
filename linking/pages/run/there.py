"""What galleries seem to have already of what a dry run would bring: pairs of pictures, to look at and to decide."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.core.paginator import Paginator
from django.http import QueryDict

from linking.domain import stored
from linking.domain.adopting import Likeness
from linking.domain.arrangements import Adopting, KeptArrangement
from linking.models import ChangeRow, ProductSync, Sync
from linking.pages.run.filter import RunFilter
from setup.words import _, ngettext, number

PER_PAGE = 24
CHOICES = ("sure", "likely", "none")


@dataclass(frozen=True)
class Alike:
    """`theirs`: the picture in the store; `ours`: the asset's."""

    value: str
    row: ProductSync
    theirs: str
    ours: str
    name: str
    file_name: str
    sure: bool
    adopt: bool
    because: Sequence[str]


@dataclass(frozen=True)
class There:
    """Of a whole plan. `sure` and `likely` seem to be there, of which `adopted` are taken over."""

    sure: int
    likely: int
    adopted: int

    @property
    def all(self) -> int:
        return self.sure + self.likely

    @property
    def heading(self) -> str:
        text = ngettext(
            "This {n} picture seems to be there already", "These {n} pictures seem to be there already", self.all
        )
        return text.format(n=number(self.all)) if self.all > 1 else _("This picture seems to be there already")


def there_of(sync: Sync) -> There | None:
    """None where nothing is. One query."""
    rows = ProductSync.objects.filter(part__sync=sync).exclude(lookalikes=[]).order_by()
    found = [one for known in rows.values_list("lookalikes", flat=True) for one in known]
    if not found:
        return None
    sure = sum(one["likeness"] == Likeness.SURE for one in found)
    return There(sure, len(found) - sure, sum(one["adopt"] for one in found))


def adopting_of(sync: Sync) -> Adopting:
    return KeptArrangement.of(sync.arrangement).adopt


def there_context(chosen: RunFilter, page: str) -> dict:
    """A page of the pairs, gallery by gallery: of the galleries that the filter of the page names."""
    known = chosen.products().exclude(lookalikes=[]).order_by("part_id", "place", "pk")
    places = [(pk, one) for pk, found in known.values_list("pk", "lookalikes") for one in found]
    shown = Paginator(places, PER_PAGE).get_page(page)
    return {"sync": chosen.sync, "page": shown, "pairs": list(_pairs(list(shown))), "filter": chosen}


def _pairs(places: Sequence[tuple[int, dict]]) -> Iterator[Alike]:
    """Galleries as they were are large: they are read of those shown only."""
    rows = ProductSync.objects.select_related("part__store").in_bulk({pk for pk, _one in places})
    lines = ChangeRow.objects.filter(product__in=rows, owner_id="").exclude(asset_id="")
    known = {(line.product_id, line.asset_id): line for line in lines.defer("note")}
    for pk, one in places:
        row, line = rows[pk], known.get((pk, one["asset"]))
        theirs = next((item["url"] for item in stored.media(row.before) if item["id"] == one["medium"]), "")
        yield Alike(
            f"{pk} {one['medium']}",
            row,
            _small(theirs),
            _uncut(line.thumbnail) if line else "",
            line.name if line else one["asset"],
            theirs.partition("?")[0].rpartition("/")[2],
            one["likeness"] == Likeness.SURE,
            one["adopt"],
            _because(one),
        )


def _small(url: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}width=224&height=224" if url else ""


def _uncut(url: str) -> str:
    """The asset's small picture whole, as people compare it; a signed address stays what it is."""
    return url if "/s--" in url else url.replace("/c_fill,w_112,h_112/", "/c_limit,w_224,h_224/")


def _because(one: Mapping) -> list[str]:
    said = []
    if one["apart"] is None:
        said.append(_("AssetLink could not compare the pictures"))
    elif one["likeness"] == Likeness.SURE:
        said.append(_("same picture"))
    else:
        said.append(_("nearly the same picture"))
    words = {
        "address": _("Cloudinary address"),
        "bytes": _("file size"),
        "name": _("name"),
        "size": _("dimensions"),
        "alt": _("alt text"),
    }
    return [*said, *(words[name] for name in one["because"] if name in words)]


def decision_of(sync: Sync, asked: QueryDict) -> Adopting:
    """`every` decides about all of them. Otherwise those that were `shown` (a field for each page, as Django takes so many fields
    only) are adopted as they are ticked; about the others stays what was decided."""
    every = asked.get("every", "")
    if every in CHOICES:
        return Adopting(every)
    before = adopting_of(sync)
    seen = {value for page in asked.getlist("shown") for value in page.split(",")}
    shown = {place: one for place, one in _places(sync).items() if place in seen}
    ticked = set(asked.getlist("adopt"))
    but = dict(before.but)
    for value, (key, likeness) in shown.items():
        but.pop(key, None)
        if (value in ticked) != replace(before, but=but).adopts(int(key[0]), key[1], key[2], likeness):
            but[key] = value in ticked
    return Adopting(before.every, but)


def _places(sync: Sync) -> dict[str, tuple[tuple[str, str, str], str]]:
    """What a tick names -> (store, product, medium) and how sure it is."""
    rows = ProductSync.objects.filter(part__sync=sync).exclude(lookalikes=[])
    known = rows.values_list("pk", "part__store_id", "product_id", "lookalikes")
    return {
        f"{pk} {one['medium']}": ((str(store), product, one["medium"]), one["likeness"])
        for pk, store, product, found in known
        for one in found
    }
