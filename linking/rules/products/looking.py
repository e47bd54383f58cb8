"""Products as they are now, beside what they were when they were last looked at: which of them are news to which rule."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from linking.domain import per_store, stored
from linking.domain.fields import BadField, ShopifyField
from linking.domain.keying import Keying
from linking.domain.products_news import Before, is_news, mark_of
from linking.models import Link, ProductWork, Rule, SeenProduct
from linking.rules.events.consequences import keying_of
from linking.shopify import news
from linking.shopify.news import Keyed
from setup.models import Store
from setup.shopify.client import ShopifyClient


@dataclass(frozen=True)
class Waiting:
    """A rule that waits for a store's products, and how it finds their assets."""

    rule: Rule
    keying: Keying
    field: ShopifyField

    @property
    def code(self) -> str:
        return f"{self.field}{' fold' if self.keying.fold else ''}"

    def keys(self, product: Keyed) -> set[str]:
        return {same for key in product.keys.get(self.field, ()) if key.strip() and (same := self.keying.same(key))}


@dataclass
class Found:
    """`there`: products that are shown, by id; `news`: those that are news to a rule, with their keys, in order."""

    there: dict[str, Keyed]
    rules: list[Waiting]
    before: dict[str, SeenProduct] = field(default_factory=dict)
    news: list[tuple[Waiting, dict[str, set[str]]]] = field(default_factory=list)


def waiting_for(store: Store) -> list[Waiting]:
    """A rule whose fields cannot be read waits for nothing."""
    found = []
    for rule in Rule.objects.filter(stores=store, on=True, trigger="product").select_related("environment"):
        settings = stored.mapping(rule.settings)
        own = per_store.read(settings.get("store_settings")).get(str(store.pk), {})
        try:
            by = ShopifyField.parse(str(own.get("shopify_field") or settings.get("shopify_field") or "sku"))
        except BadField:
            continue
        if keying := keying_of(settings):
            found.append(Waiting(rule, keying, by))
    return found


def look(work: ProductWork, ids: Sequence[str]) -> Found:
    """Raises ShopifyError."""
    rules = waiting_for(work.store)
    fields = list(dict.fromkeys(one.field for one in rules))
    found = Found(news.read(ShopifyClient(work.store), ids, fields) if rules else {}, rules)
    found.before = {
        row.product_id: row for row in SeenProduct.objects.filter(store=work.store_id, product_id__in=list(ids))
    }
    linked: dict[str, set[str]] = {}
    rows = Link.objects.in_galleries().filter(store=work.store_id, product_id__in=list(found.there))
    for product_id, key in rows.values_list("product_id", "key"):
        linked.setdefault(product_id, set()).add(key)
    for one in rules:
        new = {}
        for id, product in found.there.items():
            row, keys = found.before.get(id), one.keys(product)
            before = Before(
                row.marks.get(one.code) if row else None,
                bool(product.created and product.created >= work.began),
                frozenset(one.keying.same(key) for key in linked.get(id, ())),
            )
            if is_news(before, keys):
                new[id] = keys
        found.news.append((one, new))
    return found


def remember(work: ProductWork, found: Found, ids: Collection[str], *, now: datetime) -> None:
    """Within the transaction that settles the batch: from now on it is known what they are."""
    rows = []
    for id in ids:
        if (product := found.there.get(id)) is None:
            continue
        row = found.before.get(id) or SeenProduct(store_id=work.store_id, product_id=id)
        row.updated, row.seen = product.updated, now
        row.marks = {**row.marks, **{one.code: mark_of(one.keys(product)) for one in found.rules}}
        rows.append(row)
    SeenProduct.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["store", "product_id"],
        update_fields=["updated", "marks", "seen"],
    )
