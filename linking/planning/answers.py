"""What stores answered, as a plan looks it up: for a key, or for a product that a program named instead of one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from linking.domain.arrangements import KeptGroup
from linking.models import KeyMatch, Selection, StoreMatch, StoreSync
from linking.models.jobs import JobState


@dataclass(frozen=True)
class Answers:
    """`by_key`: by what identifies a key (Keying.same), or by the code of a Reference, which is taken letter by letter."""

    by_key: Mapping[str, KeyMatch]
    same: Callable[[str], str]

    @classmethod
    def of(cls, matches: Sequence[StoreMatch]) -> "Answers":
        """At least one; those of a chain read keys alike."""
        same, found = matches[0].selection.keying.same, dict[str, KeyMatch]()
        for match in matches:
            found |= {one.key if match.names_products else same(one.key): one for one in match.keys.all()}
        return cls(found, same)

    def of_group(self, group: KeptGroup) -> KeyMatch | None:
        return self.by_key.get(group.asks or self.same(group.key))


def answered(part: StoreSync, selection: Selection) -> StoreMatch | None:
    """The store's finished answer to the question that the sync's fields ask for this selection."""
    sync = part.sync
    return StoreMatch.objects.filter(
        selection=selection,
        store=part.store,
        state=JobState.DONE,
        keying=sync.keying,
        shopify_field=part.settings.shopify_field,
    ).first()
