"""The form of a rule: which assets, when, how they are linked, and how far without a person."""

from collections.abc import Iterable, Mapping
from datetime import time
from typing import Any

from django import forms
from django.http import QueryDict

from linking.domain import following
from linking.domain.following import Does, Fact
from linking.domain.galleries import MAX_MEDIA, LinkMode
from linking.domain.keying import MAX_PATTERN, MAX_SEPARATOR, BadPattern, compiled
from linking.domain.policies import Freedom, Policy
from linking.domain.schedules import DAYS, LONGEST
from linking.models import Rule
from linking.models.names import LONGEST_NAME
from linking.models.rules import LONGEST_SEARCH, TRIGGERS
from linking.models.selections import GROUP_ORDERS, KEY_SETTINGS, MODES, RUN_SETTINGS
from linking.rules.making import CannotSave, Wanted
from linking.rules.store_forms import OwnForm, bound_fields, bound_initial, bound_of, draft_of
from linking.selection.taking_over import possible
from setup.field_codes import CodeField, ReachField, ShopifyCodeField, code_choices
from setup.models import Environment, Store
from setup.models.environments import ALT_POLICIES
from setup.words import _, gettext_lazy

# What may follow from what happened to an asset, with the usual first (linking.domain.following).
FOLLOWING = {
    Fact.VERSION: (gettext_lazy("A new version"), (Does.RUN, Does.LEDGER)),
    Fact.KEY: (gettext_lazy("Another value in the Cloudinary Field"), (Does.RUN, Does.WAIT, Does.LEDGER)),
    Fact.OTHER: (gettext_lazy("New, or with other metadata or tags"), (Does.RUN, Does.LEDGER)),
    Fact.PLACE: (gettext_lazy("Renamed or moved"), (Does.LEDGER, Does.RUN)),
    Fact.GONE: (gettext_lazy("Deleted"), (Does.WAIT, Does.LEDGER)),
    Fact.REFUSED: (gettext_lazy("Rejected in moderation"), (Does.WAIT, Does.LEDGER)),
    Fact.SHUT: (gettext_lazy("Access restricted or expired"), (Does.WAIT, Does.LEDGER)),
}
FOLLOWS = {
    Does.RUN: gettext_lazy("Run the rule for it"),
    Does.WAIT: gettext_lazy("Plan to unlink it, and wait for a person"),
    Does.LEDGER: gettext_lazy("Change nothing in Shopify"),
}
OFTEN = [
    ("day", gettext_lazy("Every day")),
    ("work", gettext_lazy("Monday to Friday")),
    ("week", gettext_lazy("Once a week")),
    ("month", gettext_lazy("Once a month")),
    ("hour", gettext_lazy("Every hour")),
    ("own", gettext_lazy("By a cron expression")),
]
OF_MONTH = [(str(day), str(day)) for day in range(1, 29)] + [("L", gettext_lazy("the last day"))]
FREEDOMS = [
    (Freedom.REPORT.value, gettext_lazy("Only report: plan, and write nothing")),
    (Freedom.WAIT.value, gettext_lazy("Plan, and wait until a person applies the plan")),
    (Freedom.KEEPING.value, gettext_lazy("Apply if no picture leaves a gallery, otherwise wait")),
    (Freedom.BOUNDED.value, gettext_lazy("Apply if few pictures leave galleries, otherwise wait")),
]
SIX = time(6)
MOST_VALUES = 50  # of one field that may be a status


class RuleForm(forms.Form):
    use_required_attribute = False
    name = forms.CharField(label=gettext_lazy("Name"), max_length=LONGEST_NAME)
    search = forms.CharField(
        label=gettext_lazy("Search expression"),
        max_length=LONGEST_SEARCH,
        widget=forms.Textarea(
            attrs={"rows": 3, "spellcheck": "false", "placeholder": 'tags="shop" AND resource_type:image'}
        ),
        help_text=gettext_lazy(
            "As in the Console’s advanced search. At most 10,000 assets. AND NOT (…) excludes some."
        ),
    )
    stores = forms.MultipleChoiceField(label=gettext_lazy("Stores"), widget=forms.CheckboxSelectMultiple)
    trigger = forms.ChoiceField(label=gettext_lazy("Fires"), choices=TRIGGERS)
    often = forms.ChoiceField(label=gettext_lazy("How often"), choices=OFTEN, required=False)
    at = forms.TimeField(
        label=gettext_lazy("At"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    weekday = forms.ChoiceField(label=gettext_lazy("Day of the week"), choices=list(DAYS.items()), required=False)
    day = forms.ChoiceField(label=gettext_lazy("Day of the month"), choices=OF_MONTH, required=False)
    schedule = forms.CharField(
        label=gettext_lazy("Cron expression"),
        max_length=LONGEST,
        required=False,
        widget=forms.TextInput(attrs={"spellcheck": "false", "placeholder": "0 6 * * 1-5"}),
        help_text=gettext_lazy("Minute, hour, day of the month, month, day of the week."),
    )
    # A value of a list of structured metadata, as `field=value`.
    status = forms.ChoiceField(label=gettext_lazy("Status"), required=False)
    cloudinary_field = CodeField(label=gettext_lazy("Cloudinary Field"))
    shopify_field = ShopifyCodeField(label=gettext_lazy("Shopify Field"))
    link_mode = forms.ChoiceField(
        label=gettext_lazy("Link Mode"), choices=[one for one in MODES if one[0] != LinkMode.RESET.value]
    )
    position = forms.IntegerField(label=gettext_lazy("Position"), min_value=1, max_value=MAX_MEDIA, required=False)
    order_field = CodeField(label=gettext_lazy("Order product assets by"), required=False)
    order_descending = forms.BooleanField(label=gettext_lazy("Descending"), required=False)
    then_field = CodeField(label=gettext_lazy("Then by"), required=False)
    then_descending = forms.BooleanField(label=gettext_lazy("Then descending"), required=False)
    group_order = forms.ChoiceField(label=gettext_lazy("Groups of one product"), choices=GROUP_ORDERS)
    alt_policy = forms.ChoiceField(label=gettext_lazy("Alt text of pictures already there"), choices=ALT_POLICIES)
    transformation = forms.ChoiceField(label=gettext_lazy("Rendition of pictures"), required=False)
    variant_pictures = forms.BooleanField(
        label=gettext_lazy("Use the first image as the variant’s picture"), required=False
    )
    variant_reach = ReachField(required=False)
    # A blank may be what separates, or be meant in a pattern.
    pattern = forms.CharField(label=gettext_lazy("Pattern"), max_length=MAX_PATTERN, required=False, strip=False)
    separator = forms.CharField(label=gettext_lazy("Separator"), max_length=MAX_SEPARATOR, required=False, strip=False)
    fold = forms.BooleanField(label=gettext_lazy("Ignore case and spaces"), required=False)
    freedom = forms.ChoiceField(label=gettext_lazy("What it may do"), choices=FREEDOMS, widget=forms.RadioSelect)
    removals = forms.IntegerField(
        label=gettext_lazy("Pictures at most"), min_value=0, max_value=100_000, required=False
    )
    percent = forms.IntegerField(label=gettext_lazy("Percent at most"), min_value=0, max_value=100, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        environment: Environment,
        data: QueryDict | None = None,
        *,
        rule: Rule | None = None,
        settings: Mapping[str, Any] | None = None,
        search: str = "",
    ) -> None:
        """`settings`, `search`: what a new one begins with, from a preset and a search."""
        self.environment, self.rule = environment, rule
        self.known = dict(rule.settings if rule else {**environment.defaults(), **(settings or {})})
        initial = {**self.known, **(of_rule(rule) if rule else {"search": search, "often": "day", "at": SIX})}
        super().__init__(data, initial={"freedom": Freedom.REPORT.value, **initial}, label_suffix="")
        self.fields |= bound_fields()
        self.initial.update(bound_initial(self.known))
        self.offer()
        self.offer_following()
        self.draft = draft_of(environment, self.known)
        self.own = [OwnForm(self.draft, store, data) for store in self.open]

    def offer(self) -> None:
        """What the environment has to choose among."""
        self.open = list(self.environment.stores.shown().in_order())
        self.fields["stores"].choices = [(str(store.pk), str(store)) for store in self.open]  # type: ignore[attr-defined]
        if not self.rule and len(self.open) == 1:
            self.initial["stores"] = [str(self.open[0].pk)]
        named = [("", _("Default")), *((name, name) for name in self.environment.allowed_transformations)]
        self.fields["transformation"].choices = named  # type: ignore[attr-defined]
        nothing_to_order = {"order_field": _("As the search finds them"), "then_field": _("Nothing else")}
        for name, nothing in {"cloudinary_field": None, **nothing_to_order}.items():
            field, present = self.fields[name], str(self.known.get(name, ""))
            assert isinstance(field, CodeField)
            field.offer(code_choices(self.environment, present, nothing=nothing))

    def offer_following(self) -> None:
        """What Cloudinary's events lead to."""
        kept = self.rule.trigger_settings if self.rule else {}
        listed = [field for field in self.environment.seen.get("fields", []) if field["values"]]
        choices = [
            (f"{field['id']}={label}", f"{field['label']}: {label}")
            for field in listed
            for _id, label in field["values"][:MOST_VALUES]
        ]
        present = f"{kept['field']}={kept['value']}" if {"field", "value"} <= kept.keys() else ""
        if present and present not in dict(choices):
            choices.append((present, present.replace("=", ": ", 1)))
        self.fields["status"].choices = choices  # type: ignore[attr-defined]
        self.initial["status"] = present
        table = following.chosen(kept.get("follow"))
        for fact, (label, possible_here) in FOLLOWING.items():
            offered = [(does.value, FOLLOWS[does]) for does in possible_here]
            self.fields[f"follow_{fact}"] = forms.ChoiceField(label=label, choices=offered, required=False)
            self.initial[f"follow_{fact}"] = table[fact].value

    @property
    def trigger_settings(self) -> dict[str, Any]:
        known, kept = self.cleaned_data, dict(self.rule.trigger_settings if self.rule else {})
        if known["trigger"] == "status":
            field, _sign, value = str(known.get("status") or "").partition("=")
            return kept | {"field": field, "value": value}
        if known["trigger"] == "event":
            sent = {fact.value: known.get(f"follow_{fact}") for fact in FOLLOWING}
            return kept | {"follow": {fact: does for fact, does in sent.items() if does}}
        return kept

    def of_following(self) -> list[forms.BoundField]:
        return [self[f"follow_{fact}"] for fact in FOLLOWING]

    # As the page shows them, section by section.
    OF_ASSETS = ("name", "search", "stores")
    OF_TIME = ("trigger", "status", "often", "at", "weekday", "day", "schedule")
    OF_SETTINGS: tuple[str, ...] = ("cloudinary_field", "shopify_field", "link_mode", "position")
    OF_SETTINGS += ("order_field", "order_descending", "then_field", "then_descending")
    OF_MORE: tuple[str, ...] = ("group_order", "alt_policy", "transformation", "variant_pictures", "variant_reach")
    OF_MORE += ("pattern", "separator", "fold")
    OF_POLICY = ("freedom", "removals", "percent")

    def of_assets(self) -> list[forms.BoundField]:
        return [self[name] for name in self.OF_ASSETS]

    def of_time(self) -> list[forms.BoundField]:
        return [self[name] for name in self.OF_TIME]

    def of_settings(self) -> list[forms.BoundField]:
        return [self[name] for name in self.OF_SETTINGS]

    def of_more(self) -> list[forms.BoundField]:
        return [self[name] for name in self.OF_MORE]

    def of_policy(self) -> list[forms.BoundField]:
        return [self[name] for name in self.OF_POLICY]

    def of_bound(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("bound_")]

    def bound_open(self) -> bool:
        return bool(self.known.get("bound")) or any(name.startswith("bound_") for name in self.errors)

    def own_open(self) -> bool:
        return any(one.is_open for one in self.own)

    def more_wrong(self) -> bool:
        return any(name in self.errors for name in self.OF_MORE)

    def is_valid(self) -> bool:
        """With what single stores have otherwise."""
        valid = [super().is_valid(), *(one.is_valid() for one in self.own)]
        return all(valid)

    def clean_pattern(self) -> str:
        pattern: str = self.cleaned_data["pattern"]
        try:
            compiled(pattern)
        except BadPattern as error:
            raise forms.ValidationError(str(error)) from None
        return pattern

    def clean(self) -> dict[str, Any]:
        known = super().clean() or {}
        if known.get("freedom") == Freedom.BOUNDED and not self.errors and not self.policy.is_whole:
            self.add_error("removals", _("Say how many pictures may leave, or what percentage."))
        if known.get("trigger") == "status" and not known.get("status"):
            self.add_error(
                "status", _("Choose a value of a list. AssetLink knows none if Cloudinary has no such field.")
            )
        return known

    @property
    def policy(self) -> Policy:
        known = self.cleaned_data
        freedom = Freedom(known["freedom"])
        bounds = (known.get("removals"), known.get("percent")) if freedom == Freedom.BOUNDED else (None, None)
        return Policy(freedom, *bounds)

    @property
    def chosen(self) -> list[Store]:
        return [store for store in self.open if str(store.pk) in self.cleaned_data.get("stores", ())]

    @property
    def settings(self) -> dict[str, Any]:
        """What the form does not show stays as it was."""
        sent = {name: self.cleaned_data.get(name) for name in (*KEY_SETTINGS, *RUN_SETTINGS) if name in self.fields}
        sent = {name: value for name, value in sent.items() if value is not None}
        kept = {name: value for name, value in self.known.items() if name in (*KEY_SETTINGS, *RUN_SETTINGS)}
        for one in self.own:
            one.save()
        sent |= {"bound": bound_of(self.cleaned_data), "store_settings": self.draft.store_settings}
        return possible({**kept, **sent})

    @property
    def wanted(self) -> Wanted:
        """Of a valid form."""
        known = self.cleaned_data
        return Wanted(
            known["name"],
            known["search"],
            self.chosen,
            self.settings,
            self.policy,
            known["trigger"],
            expression_of(known),
            self.trigger_settings,
        )

    def refuse(self, refusal: CannotSave) -> None:
        """What the door says, beside the fields that it is about."""
        for name, text in refusal.errors:
            self.add_error(name if name in self.fields else None, text)


def expression_of(known: Mapping[str, Any]) -> str:
    """The cron expression of what a person chose; empty where a time is missing."""
    often, at = known.get("often") or "own", known.get("at") or SIX
    if often == "own":
        return str(known.get("schedule") or "")
    minute, hour = at.minute, at.hour
    return {
        "hour": f"{minute} * * * *",
        "day": f"{minute} {hour} * * *",
        "work": f"{minute} {hour} * * 1-5",
        "week": f"{minute} {hour} * * {int(known.get('weekday') or 1) % 7}",
        "month": f"{minute} {hour} {known.get('day') or '1'} * *",
    }[often]


def choices_of(expression: str) -> dict[str, Any]:
    """The inverse of `expression_of`: an expression that none of the choices makes is shown as one."""
    for often in ("day", "work", "week", "month", "hour"):
        known = _read(often, expression)
        offered = often != "month" or known.get("day") in dict(OF_MONTH)
        if known and offered and expression_of(known) == expression:
            return known
    return {"often": "own", "schedule": expression, "at": SIX}


def _read(often: str, expression: str) -> dict[str, Any]:
    minute, hour, day, _month, weekday = ([*expression.split(), "", "", "", "", ""])[:5]
    numbers = [one for one in (minute, hour if hour != "*" else "0") if one.isascii() and one.isdigit()]
    if len(numbers) != 2 or int(numbers[0]) > 59 or int(numbers[1]) > 23:
        return {}
    at = time(int(numbers[1]), int(numbers[0]))
    week = str(int(weekday) or 7) if weekday.isascii() and weekday.isdigit() else "1"
    return {"often": often, "at": at, "weekday": week, "day": day, "schedule": ""}


def of_rule(rule: Rule) -> dict[str, Any]:
    policy = rule.allowed
    return {
        "name": rule.name,
        "search": rule.search,
        "stores": [str(pk) for pk in rule.stores.values_list("pk", flat=True)],
        "trigger": rule.trigger,
        **choices_of(rule.schedule or "0 6 * * *"),
        "freedom": policy.freedom.value,
        "removals": policy.removals,
        "percent": policy.percent,
        "version": rule.version,
    }


def errors_of(form: RuleForm) -> Iterable[str]:
    """For a preview: what is wrong, each with the label of its field."""
    for name, texts in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        yield from (f"{label}: {text}" if label else str(text) for text in texts)
    for own in form.own:
        for name, texts in own.errors.items():
            yield from (f"{own.store}, {own.fields[name].label}: {text}" for text in texts)
