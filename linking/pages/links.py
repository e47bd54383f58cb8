"""Links as their page shows them: what is in which gallery because of us, newest first, and how far it was checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet

from linking.links.checking import gone_links
from linking.models import Link, LinkCheck
from linking.pages.text_search import asked_text, links_with
from setup.models import Environment
from setup.numbers import whole

PER_PAGE = 50


@dataclass(frozen=True)
class LinksFilter:
    """As the address says it: what is not known there is left out."""

    text: str = ""
    store: int | None = None
    gone: bool = False

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "LinksFilter":
        return cls(asked_text(asked), whole(asked.get("store")), bool(asked.get("gone")))

    @property
    def query(self) -> str:
        chosen = {"q": self.text, "store": self.store, "gone": self.gone and "1"}
        return urlencode({name: value for name, value in chosen.items() if value})

    def __bool__(self) -> bool:
        return bool(self.query)

    def links(self, environment: Environment) -> QuerySet[Link]:
        """Newest first."""
        rows = Link.objects.in_galleries().filter(environment=environment).select_related("store").order_by("-pk")
        if self.store:
            rows = rows.filter(store=self.store)
        if self.gone:
            # Gathered first: SQLite would walk all links in order to meet the few.
            rows = rows.filter(pk__in=gone_links(environment).order_by().values("pk"))
        return links_with(rows, self.text) if self.text else rows


@dataclass(frozen=True)
class LinkRow:
    """A link with the address of its product in the Shopify admin."""

    link: Link
    admin_url: str


def rows_context(environment: Environment, chosen: LinksFilter, before: int | None) -> dict:
    """A page of rows, and where the next begins. `before`: the pk of the last link that is shown already."""
    links = chosen.links(environment)
    found = list((links.filter(pk__lt=before) if before else links)[: PER_PAGE + 1])
    shown = found[:PER_PAGE]
    return {
        "filter": chosen,
        "rows": [LinkRow(link, link.store.product_admin_url(link.product_id)) for link in shown],
        "before": shown[-1].pk if len(found) > PER_PAGE else None,
    }


def chosen_links(environment: Environment, chosen: LinksFilter, ticked: Sequence[str] | None, most: int) -> list[Link]:
    """Those with the pks that are `ticked`; None: all that the filter names, if it names any. At most `most`."""
    if ticked is None:
        return list(chosen.links(environment)[:most]) if chosen else []
    pks = [pk for pk in map(whole, ticked) if pk][:most]
    links = Link.objects.in_galleries().filter(environment=environment, pk__in=pks)
    return list(links.select_related("store"))


def checks_context(environment: Environment) -> dict:
    """As `checking_context`; `gone`: how many links were found to be gone."""
    return {**checking_context(environment), "gone": gone_links(environment).count()}


def checking_context(environment: Environment) -> dict:
    """`checked`: when the stores were last asked, if all were."""
    found = list(LinkCheck.objects.filter(store__environment=environment).select_related("store"))
    ended = [one.finished for one in found if one.finished]
    return {
        "checks": found,
        "checking": any(one.busy for one in found),
        "checked": min(ended) if ended and len(ended) == len(found) else None,
    }
