"""Where a file of a store is used, as far as that can be known: the galleries that AssetLink put it into. Shopify tells nothing
of themes, pages, metafields and other apps."""

from collections.abc import Collection, Sequence

from linking.models import Link, ProductSync
from setup.models import Store

NAMED = 3
ELSEWHERE = "Wherever else the store uses the file, it changes, too; Shopify does not tell where."


def galleries_of(store: Store, file_ids: Collection[str]) -> dict[str, list[str]]:
    """File id -> titles of the products in whose galleries it is because of us. Two queries, if any."""
    if not file_ids:
        return {}
    links = list(Link.objects.filter(store=store, medium_id__in=file_ids).values_list("medium_id", "product_id"))
    products = {product_id for _, product_id in links}
    titles = _titles(store, products) if products else {}
    found: dict[str, list[str]] = {}
    for file_id, product_id in links:
        found.setdefault(file_id, []).append(titles.get(product_id) or product_id)
    return found


def _titles(store: Store, product_ids: Collection[str]) -> dict[str, str]:
    """As the latest run saw them."""
    rows = ProductSync.objects.filter(part__store=store, product_id__in=product_ids).order_by("pk")
    return dict(rows.values_list("product_id", "title"))


def told(titles: Sequence[str]) -> str:
    """For the line of a plan that replaces the file's content."""
    if not titles:
        return f"It is in no gallery that AssetLink knows. {ELSEWHERE}"
    named = ", ".join(f"“{title}”" for title in titles[:NAMED])
    more = f" and {len(titles) - NAMED:,} more" if len(titles) > NAMED else ""
    galleries = "gallery" if len(titles) == 1 else "galleries"
    return f"It is in the {galleries} of {named}{more}. {ELSEWHERE}"
