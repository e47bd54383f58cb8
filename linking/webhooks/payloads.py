"""What the events of webhooks say. What is sent is made of these classes, and the HTTP API's document describes them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from linking.domain import webhooks
from linking.models.syncs import KINDS


@dataclass(frozen=True)
class Says:
    """What the document says of a field. pydantic asks for it when the document is made; a worker needs no pydantic."""

    text: str
    values: Sequence[str] = ()

    def __get_pydantic_json_schema__(self, schema: Any, handler: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        return {**handler(schema), "description": self.text} | ({"enum": list(self.values)} if self.values else {})


ENDED = ("planned", "done", "failed", "aborted")


@dataclass(frozen=True)
class StoreOfRun:
    """How a run ended in a store."""

    store: Annotated[str, Says("its domain")]
    state: Annotated[str, Says("how it ended there", ENDED)]
    problem_code: Annotated[str, Says("why it stopped there; empty where it did not")]


@dataclass(frozen=True)
class LinksOfRun:
    """Where to read more."""

    self: Annotated[str, Says("the run in this API")]
    page: Annotated[str, Says("the run's page, for people")]


@dataclass(frozen=True)
class RunData:
    """A run whose last store has ended. For everything else ask `links.self`."""

    environment: Annotated[str, Says("the name of its cloud in Cloudinary")]
    run: Annotated[str, Says("its id")]
    kind: Annotated[str, Says("what it does", tuple(kind for kind, _label in KINDS))]
    state: Annotated[str, Says("the worst of its stores' states", ENDED)]
    dry_run: Annotated[bool, Says("whether only a plan was made")]
    counts: Annotated[dict[str, int], Says("changes by outcome")]
    stores: Annotated[list[StoreOfRun], Says("the first ones, if the body would become too long with all of them")]
    links: LinksOfRun
    more_stores: Annotated[int, Says("how many stores there are besides those in the list")] = 0
    problems: Annotated[bool, Says("whether something failed, was refused, or is not confirmed")] = False


@dataclass(frozen=True)
class LinksOfStore:
    """Where to read more."""

    page: Annotated[str, Says("the store's page, for people")]


@dataclass(frozen=True)
class StoreData:
    """A store that refuses AssetLink as a whole."""

    environment: Annotated[str, Says("the name of its cloud in Cloudinary")]
    store: Annotated[str, Says("its domain")]
    name: Annotated[str, Says("as AssetLink calls it")]
    problem_code: Annotated[str, Says("why")]
    links: LinksOfStore


@dataclass(frozen=True)
class LinksOfProduct:
    """Where to read more."""

    self: Annotated[str, Says("its links in this API")]


@dataclass(frozen=True)
class ChangedData:
    """A product whose media AssetLink changed, by a run or an undo, or whose linked media are gone. For what it has now ask
    `links.self`."""

    environment: Annotated[str, Says("the name of its cloud in Cloudinary")]
    store: Annotated[str, Says("its domain")]
    product_id: Annotated[str, Says("Shopify's")]
    product: Annotated[str, Says("its title")]
    handle: Annotated[str, Says("of the product")]
    skus: Annotated[list[str], Says("of the variants that pictures were linked for, the first ones")]
    cursor: Annotated[str, Says("for `GET /changed-products`: what changed after this")]
    links: LinksOfProduct
    more_skus: Annotated[int, Says("how many SKUs there are besides those in the list")] = 0


@dataclass(frozen=True)
class ChangedProductOfDay:
    """A product of a summary."""

    store: Annotated[str, Says("its domain")]
    product_id: Annotated[str, Says("Shopify's")]
    handle: Annotated[str, Says("of the product")]


@dataclass(frozen=True)
class LinksOfSummary:
    """Where to read more."""

    self: Annotated[str, Says("all of these products in this API")]


@dataclass(frozen=True)
class SummaryData:
    """The products that changed since the last summary that you answered with 2xx: after a week that you missed, those of the
    week."""

    environment: Annotated[str, Says("the name of its cloud in Cloudinary")]
    products: Annotated[
        list[ChangedProductOfDay], Says("the first ones, if the body would become too long with all of them")
    ]
    cursor: Annotated[str, Says("for `GET /changed-products`: what changed after this")]
    complete: Annotated[
        bool, Says("false: some that changed more than 90 days ago are missing, so read all links once more")
    ]
    links: LinksOfSummary
    more_products: Annotated[int, Says("how many products there are besides those in the list")] = 0


@dataclass(frozen=True)
class LinksOfRule:
    """Where to read more."""

    self: Annotated[str, Says("the rule in this API")]
    page: Annotated[str, Says("the rule's page, for people")]


@dataclass(frozen=True)
class RuleData:
    """A rule that failed, or works again."""

    environment: Annotated[str, Says("the name of its cloud in Cloudinary")]
    rule: Annotated[str, Says("its id")]
    name: Annotated[str, Says("as people call it")]
    problem_code: Annotated[str, Says("why it failed; empty where it works again")]
    links: LinksOfRule


@dataclass(frozen=True)
class LinksOfEvents:
    """Where to read more."""

    page: Annotated[str, Says("the page of Cloudinary's events, for people")]


@dataclass(frozen=True)
class EventsData:
    """Cloudinary's events: whether any come."""

    environment: Annotated[str, Says("the name of its cloud in Cloudinary")]
    links: LinksOfEvents


@dataclass(frozen=True)
class TrialData:
    """Somebody tries the webhook."""

    environment: Annotated[str, Says("the name of its cloud in Cloudinary")]


# Event -> (what its `data` is, when it happens).
DESCRIBED: Mapping[str, tuple[type, str]] = {
    webhooks.PLANNED: (RunData, "Every store of a dry run is planned"),
    webhooks.FINISHED: (RunData, "Every store of a run has ended"),
    webhooks.FAILED: (RunData, "Every store of a run has ended, and it stopped in one"),
    webhooks.ABORTED: (RunData, "Every store of a run has ended, and somebody aborted it"),
    webhooks.PLAN_WAITS: (RunData, "A rule's plan has something to do, and waits for somebody to apply it"),
    webhooks.STORE_BROKEN: (StoreData, "A store refuses AssetLink as a whole"),
    webhooks.STORE_RECOVERED: (StoreData, "A store that refused AssetLink lets it in again"),
    webhooks.RULE_FAILED: (RuleData, "A firing of a rule fails, and the one before did not"),
    webhooks.RULE_RECOVERED: (RuleData, "A rule that failed has fired again"),
    webhooks.EVENTS_SILENT: (
        EventsData,
        "No event of Cloudinary has come for a day, though they came before or a rule waits",
    ),
    webhooks.EVENTS_RESUMED: (EventsData, "After that, an event has come"),
    webhooks.CHANGED: (ChangedData, "The media of a product changed, and it has been quiet for 15 seconds"),
    webhooks.SUMMARY: (SummaryData, "Once a day, at the hour that you chose, if anything changed"),
    webhooks.TEST: (TrialData, "Somebody sends a test event"),
}
