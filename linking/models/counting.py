"""What a run's lines come to in the units that people count in: assets by their fate, keys by their standing. A selection's
page counts by the same rules (linking.domain.counting), so a dry run says what the page said.
"""

from django.db.models import Case, Q, QuerySet, Value, When

from linking.domain.counting import AssetCounts, Fate, Standing, Tally, fate_of_lines, plural, standing_of_lines
from linking.domain.fields import field_label
from linking.domain.plan import Change
from linking.models.outcomes import AMISS
from linking.models.syncs import ChangeRow, ProductSync, StoreSync, Sync
from setup.words import _

Outcome = ChangeRow.Outcome


def says(*codes: str) -> Q:
    """Reasons with one of these codes, or the beginning of one, alone, joined, or within another. What stands in their values, as
    a key or a title does, says nothing: its quotes are escaped there (setup.reasons.encoded)."""
    found = Q()
    for code in codes:
        found |= Q(reason__startswith=code) | Q(reason__contains=f'"code":"{code}')
    return found


# More than Shopify takes (linking.domain.limits).
BEYOND = says("limit.picture", "limit.video")
# In a gallery, or as the swatch of a variant.
NO_PLACE = (
    Q(reason__startswith="gallery.") | Q(reason__startswith="swatch.") | Q(reason__startswith="asset.restored_late")
)
# By a person: the asset, its group, or products of its key.
OUT = (
    Q(reason__startswith="asset.excluded")
    | Q(reason__startswith="asset.group_excluded")
    | Q(reason__startswith="match.products_excluded")
    | says("match.all_excluded")
)
# What one line says of its asset, the first that is true of it. Reasons are codes (setup.reasons), alone or joined.
SAYS = (
    (Fate.FAILED, Q(outcome__in=AMISS)),
    (Fate.LINKED, ~Q(outcome=Outcome.SKIPPED)),
    (Fate.EXCLUDED, OUT),
    (Fate.KEYLESS, Q(reason__startswith="asset.no_value")),
    (Fate.GONE, says("asset.gone")),
    (Fate.SKIPPED, NO_PLACE),
    (Fate.UNLINKABLE, says("asset.") | BEYOND | Q(product__isnull=False)),
    (Fate.AMBIGUOUS, says("match.several_products")),
    (Fate.PENDING, says("match.not_asked")),
    (Fate.OUTSIDE, says("bound.")),
)
WHAT = Case(*(When(test, then=Value(fate.value)) for fate, test in SAYS), default=Value(Fate.UNMATCHED.value))
# And of its key, whatever keeps the asset.
SAYS_OF_KEY = (
    (Standing.EXCLUDED, SAYS[2][1]),
    (Standing.AMBIGUOUS, says("match.several_products")),
    (Standing.UNMATCHED, says("match.no_product") | Q(product=None) & says("product.gone")),
    (Standing.MATCHED, Q(product__isnull=False)),
    (Standing.OUTSIDE, says("bound.")),
)
WHAT_OF_KEY = Case(
    *(When(test, then=Value(standing.value)) for standing, test in SAYS_OF_KEY), default=Value(Standing.PENDING.value)
)


def lines_of_assets(sync: Sync) -> QuerySet[ChangeRow]:
    """Of those that a run links or leaves out."""
    return of_assets(ChangeRow.objects.filter(part__sync=sync))


def of_assets(lines: QuerySet[ChangeRow]) -> QuerySet[ChangeRow]:
    """Without pictures that an earlier run brought: what leaves a gallery is none of this run's assets, and what has no key there
    is only moved, to make room."""
    return lines.exclude(asset_id="").exclude(change=Change.UNLINK).exclude(change=Change.MOVE, key="")


def products_with_assets(part: StoreSync) -> set[str]:
    """The ids of a store's products that an asset of the run goes to, or was to go to: not those whose assets are all left out.
    What the page counts before (linking.pages.link_board.Board.products_of)."""
    going = (Fate.LINKED, Fate.FAILED, Fate.SKIPPED)
    lines = of_assets(ChangeRow.objects.filter(part=part, product__isnull=False))
    rows = lines.annotate(what=WHAT).filter(what__in=[fate.value for fate in going]).order_by()
    return set(rows.values_list("product__product_id", flat=True).distinct())


def counts_of(sync: Sync) -> tuple[AssetCounts, Tally]:
    """Of a run that links, planned or over. Two queries, however many stores there are."""
    lines = lines_of_assets(sync).annotate(what=WHAT, of_key=WHAT_OF_KEY)
    said = lines.order_by().values_list("asset_id", "what", "key", "of_key")
    assets: dict[str, set[Fate]] = {}
    keys: dict[str, set[Standing]] = {}
    for asset, what, key, of_key in said.distinct():
        assets.setdefault(asset, set()).add(Fate(what))
        if key:
            keys.setdefault(key, set()).add(Standing(of_key))
    # A line names one key of its asset; a product names all that it has of them.
    for shared in ProductSync.objects.filter(part__sync=sync).order_by().values_list("keys", flat=True):
        for key in shared:
            keys.setdefault(key, set()).add(Standing.MATCHED)
    label = field_label(sync.cloudinary_field, sync.selection.offered_fields if sync.selection else ())
    called = _("named products") if sync.names_products else plural(label)
    tally = Tally.of(map(standing_of_lines, keys.values()), called)
    return AssetCounts.of(map(fate_of_lines, assets.values())), tally
