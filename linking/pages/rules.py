"""Rules as their pages show them: when each fires, what it may do, what it did, and what waits for a person."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Max
from django.utils import timezone

from linking.domain import schedules
from linking.domain.fields import ShopifyField, field_label
from linking.domain.policies import Freedom, Policy
from linking.models import Firing, Rule, Selection, Sync
from linking.models.jobs import JobState
from linking.models.plans import waiting_plans
from linking.models.setting_words import label_of, mode_words
from linking.pages.history import Row, rows_of
from linking.pages.link_board import board_of
from linking.pages.store_cards import store_cards
from linking.selection.taking_over import possible
from setup.models import Environment
from setup.reasons import Reason
from setup.words import _, enumeration, ngettext, npgettext, number, quoted
from setup.zones import zone_of

PER_PAGE, UPCOMING, MOST_WAITING = 20, 5, 20


@dataclass(frozen=True)
class FiringLine:
    """A firing with its runs, as History shows them. `said`: where there is none, or what is to be known besides."""

    firing: Firing
    runs: Sequence[Row]

    @property
    def tone(self) -> str:
        return {JobState.FAILED: "bad", JobState.DONE: "good"}.get(JobState(self.firing.state), "busy")

    @property
    def word(self) -> str:
        firing = self.firing
        if firing.state == JobState.FAILED:
            return _("Failed")
        if firing.state == JobState.DONE:
            return _("Nothing to do") if firing.result == Firing.Result.SKIPPED else _("Ran")
        return _("At work") if firing.state == JobState.RUNNING else _("Waiting")

    @property
    def said(self) -> Reason:
        return self.firing.problem or self.firing.note

    @property
    def besides(self) -> list[str]:
        """What was done in one go with it."""
        missed, merged = self.firing.missed, self.firing.merged
        said = []
        if missed:
            text = ngettext("and for {n} time that was missed", "and for {n} times that were missed", missed)
            said.append(text.format(n=number(missed)))
        if merged:
            text = ngettext("and for {n} cause that came meanwhile", "and for {n} causes that came meanwhile", merged)
            said.append(text.format(n=number(merged)))
        return said


@dataclass(frozen=True)
class RuleLine:
    rule: Rule
    when: str
    policy: str
    last: FiringLine | None
    waiting: Sequence[Sync]


def list_context(environment: Environment) -> dict[str, Any]:
    """A fixed number of queries, however many rules there are."""
    rules = list(environment.rules.prefetch_related("stores"))
    for rule in rules:
        rule.environment = environment
    newest = Firing.objects.filter(rule__in=rules).values("rule").annotate(last=Max("pk")).values("last")
    last = {line.firing.rule_id: line for line in lines_of(Firing.objects.filter(pk__in=newest))}
    waiting: dict[int, list[Sync]] = {}
    for sync in waiting_plans(rules):
        waiting.setdefault(sync.rule_id or 0, []).append(sync)
    return {
        "rules": [
            RuleLine(rule, when_of(rule), policy_words(rule.allowed), last.get(rule.pk), waiting.get(rule.pk, ()))
            for rule in rules
        ],
        "zone": environment.time_zone,
    }


def when_of(rule: Rule) -> str:
    """“Every day at 06:00”."""
    if rule.trigger == "schedule":
        return schedules.in_words(rule.schedule)
    if rule.trigger == "status":
        known = rule.trigger_settings
        labels = {str(field["id"]): field["label"] for field in rule.environment.seen.get("fields", [])}
        field = str(known.get("field", ""))
        return _("When {field} becomes {value}").format(
            field=labels.get(field, field), value=quoted(known.get("value", ""))
        )
    return str(rule.get_trigger_display())


def policy_words(policy: Policy) -> str:
    if policy.freedom == Freedom.REPORT:
        return _("Reports only, and writes nothing")
    if policy.freedom == Freedom.WAIT:
        return _("Plans, and waits for a person")
    if policy.freedom == Freedom.KEEPING:
        return _("Applies its plan if no picture leaves a gallery")
    bounds = []
    if policy.removals is not None:
        said = npgettext("at most", "{n} picture", "{n} pictures", policy.removals)
        bounds.append(said.format(n=number(policy.removals)))
    if policy.percent is not None:
        bounds.append(_("{n} % of a store’s pictures").format(n=number(policy.percent)))
    return _("Applies its plan if no more than {bounds} would leave galleries").format(bounds=enumeration(bounds))


def lines_of(firings: Iterable[Firing]) -> list[FiringLine]:
    """Three queries."""
    firings = list(firings)
    runs = Sync.objects.filter(firing__in=firings).defer("arrangement", "origin__arrangement")
    rows = rows_of(runs.select_related("member", "origin", "rule").prefetch_related("parts__store").order_by("pk"))
    by_firing: dict[int, list[Row]] = {}
    for row in rows:
        by_firing.setdefault(row.sync.firing_id or 0, []).append(row)
    return [FiringLine(firing, by_firing.get(firing.pk, ())) for firing in firings]


def rule_context(rule: Rule, page: str | None, now: datetime | None = None) -> dict[str, Any]:
    zone, at = zone_of(rule.environment.time_zone), now or timezone.now()
    firings: Page = Paginator(rule.firings.select_related("by").order_by("-pk"), PER_PAGE).get_page(page)
    lines = lines_of(firings)
    return {
        "rule": rule,
        "when": when_of(rule),
        "zone": rule.environment.time_zone,
        "policy": policy_words(rule.allowed),
        "settings": settings_words(rule),
        "stores": list(rule.stores.in_order()),
        "upcoming": schedules.upcoming(rule.schedule, zone, at, UPCOMING) if rule.on and rule.next_at else [],
        "waiting": waiting_plans([rule])[:MOST_WAITING],
        "firings": firings,
        "lines": lines,
        "under_way": any(line.firing.busy or any(row.sync.busy for row in line.runs) for line in lines),
    }


def settings_words(rule: Rule) -> list[str]:
    known = possible(rule.settings)
    offered = [
        {"code": f"metadata:{field['id']}", "label": field["label"]}
        for field in rule.environment.seen.get("fields", [])
    ]
    said = []
    if "link_mode" in known:
        said.append(mode_words(known["link_mode"], known.get("position", 1)))
    if {"cloudinary_field", "shopify_field"} <= known.keys():
        fields = field_label(known["cloudinary_field"], offered), label_of(ShopifyField.parse(known["shopify_field"]))
        said.append(" = ".join(fields))
    if known.get("order_field"):
        said.append(_("by {field}").format(field=field_label(known["order_field"], offered)))
    return said


def preview_context(selection: Selection) -> Mapping[str, Any]:
    """What the rule would link now, once the assets are read and the stores have answered."""
    cards = store_cards(selection)
    chosen = [card for card in cards if card.chosen]
    answered = selection.fetched and bool(chosen) and all(card.match and not card.match.busy for card in chosen)
    board = board_of(selection, cards) if answered else None
    return {
        "selection": selection,
        "cards": cards,
        "board": board,
        "would": would(board.linked_assets, board.linked_products) if board else "",
        "problem": selection.problem,
        "failed": selection.state == JobState.FAILED,
    }


def would(assets: int, products: int) -> str:
    if not products:
        return _("It would link nothing now: no product has one of these values.")
    said = ngettext("{n} asset", "{n} assets", assets).format(n=number(assets))
    to = npgettext("to", "{n} product", "{n} products", products).format(n=number(products))
    return _("It would link {assets} to {products} now.").format(assets=said, products=to)
