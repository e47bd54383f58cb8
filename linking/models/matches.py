from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from django.db import models

from linking.domain import stored
from linking.domain.bounds import Bound, Outside, within
from linking.domain.named_products import NAMED
from linking.models.jobs import JobRow, JobState
from linking.models.selections import Selection
from setup.models import Store
from setup.reason_field import ReasonField
from setup.reasons import NONE, Reason, ReasonEncoder
from setup.spelling import folded
from setup.stored_json import StoredJSON


class StoreMatch(JobRow):
    """The question put to one store: which products do the selection's keys name? Kept until the fields change or the
    person refreshes."""

    AGAIN = Reason("job.refresh")

    selection = models.ForeignKey(Selection, on_delete=models.CASCADE, related_name="matches")
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="+")
    # Keying as a code: the field with how the key is taken from it.
    keying = models.CharField(max_length=700, blank=True)
    shopify_field = models.CharField(max_length=400)
    # Numbers of keys, and of products. While nothing is `known`, those that match of what was found so far.
    matched = models.PositiveIntegerField(default=0, db_default=0)
    ambiguous = models.PositiveIntegerField(default=0, db_default=0)
    unmatched = models.PositiveIntegerField(default=0, db_default=0)
    # The keys hold an answer to this very question: also while the store is asked again, and if that fails. Until then they hold
    # what was found so far.
    known = models.BooleanField(default=False, db_default=False)
    products = models.PositiveIntegerField(default=0, db_default=0)
    # The collections that a run may be bounded to, as they are written, and which of the matched products each has
    # (stored.members). `only_members`: they alone are asked for, and what matches stays.
    collections = StoredJSON(default=list, db_default=[], shape=stored.texts)
    members = StoredJSON(default=dict, db_default={}, shape=stored.members)
    only_members = models.BooleanField(default=False, db_default=False)
    # All products that the store had when it answered; null: that is not known.
    catalog = models.PositiveIntegerField(null=True)
    # How many of the selection's keys the store was asked for so far, of how many; and when the question was put.
    keys_asked = models.PositiveIntegerField(default=0, db_default=0)
    keys_total = models.PositiveIntegerField(default=0, db_default=0)
    asked_at = models.DateTimeField(null=True)
    # What is being done right now, and how the answer was found if that is worth telling: for the person who watches.
    doing = ReasonField()
    note = ReasonField()
    # Counts up whenever something else is asked: who answers an earlier question notices that nobody waits for it.
    question = models.PositiveIntegerField(default=1, db_default=1)
    # Shopify's bulk operation that reads the catalog, and the question that it was started for.
    bulk_id = models.CharField(max_length=100, blank=True)
    bulk_question = models.PositiveIntegerField(default=0, db_default=0)
    # How many objects it had read when a job last looked.
    bulk_objects = models.PositiveBigIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["selection", "store"], name="a_store_is_asked_once")]

    def mine(self) -> "models.QuerySet[StoreMatch]":
        """The row, as long as a job asks what it asked when it was read."""
        return StoreMatch.objects.filter(pk=self.pk, state=JobState.RUNNING, question=self.question)

    def rest(self, problem: Reason, *, until: datetime, now: datetime) -> None:
        self.mine().update(doing=NONE)
        super().rest(problem, until=until, now=now)

    def fail(self, problem: Reason, *, now: datetime) -> None:
        self.mine().update(doing=NONE)
        super().fail(problem, now=now)

    def has_asked(self, collections: Collection[str]) -> bool:
        """Whether these, as `folded` compares, are among those that it is asked for."""
        return set(collections) <= set(map(folded, self.collections))

    @property
    def whole(self) -> bool:
        """Whether its keys hold an answer, and it is known of what they match which collections have it."""
        return self.known and all(folded(name) in self.members for name in self.collections)

    def within(self, bound: Bound) -> Outside:
        """Of its products, by what is known of them: why each is outside, NONE if it is not."""
        return within(bound, self.members)

    @property
    def names_products(self) -> bool:
        """Whether its keys are codes of products that a program named (linking.matching.naming)."""
        return self.shopify_field == NAMED

    def asks(self, keying: str, shopify_field: str) -> bool:
        """Whether this is the question that these fields put."""
        return (self.keying, self.shopify_field) == (keying, shopify_field)


class KeyMatch(models.Model):
    """The answer for one key. `products`: [{"id", "title", "handle", "status", "image", "variants": [id, …], "skus":
    {id: SKU}, "positions": {id: number}, "chosen": {id: [[option, value], …]}, "options": [name, …]}, …], with the variants
    that carry the key, where each stands among its product's, and its values of the product's options."""

    store_match = models.ForeignKey(StoreMatch, on_delete=models.CASCADE, related_name="keys")
    key = models.CharField(max_length=1000)
    verdict = models.CharField(max_length=20)
    reason = ReasonField()
    products = StoredJSON(default=list, db_default=[], shape=stored.products, encoder=ReasonEncoder)
    # For a key that matches nothing, the nearest values: [{"value", "product": {as above}}, …].
    # They are never applied by themselves.
    suggestions = StoredJSON(default=list, db_default=[], shape=stored.suggestions, encoder=ReasonEncoder)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["store_match", "key"], name="a_key_has_one_answer")]


class KeyRow(NamedTuple):
    """A KeyMatch as values, as SelectedRow is."""

    pk: int
    store_match_id: int
    key: str
    verdict: str
    reason: Reason
    products: list
    suggestions: list
