"""What a person may choose for a selection."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from linking.domain.bounds import PARTS, Bound
from linking.domain.fields import METAFIELDS, BadField, CloudinaryField, ShopifyField
from linking.domain.galleries import MAX_MEDIA, LinkMode
from linking.domain.keying import MAX_PATTERN, MAX_SEPARATOR, BadPattern, Keying, compiled
from linking.domain.options import MOST_NAME, NAMED
from linking.models import Selection
from linking.models.selections import GROUP_ORDERS, KEY_SETTINGS, MODES, RUN_SETTINGS
from linking.models.setting_words import label_of, mode_words
from linking.selection import editing
from setup.field_codes import NO_OPTION, REACH_LABEL, REACH_OPTION, REACHES
from setup.field_codes import SHOPIFY as SHOPIFY_FIELDS
from setup.models.environments import ALT_POLICIES
from setup.numbers import row_number
from setup.spelling import plain
from setup.words import _, gettext_lazy

OTHER_OPTION = "other"


class Several(forms.MultipleChoiceField):
    """Any texts, none of them checked here; the same names come with each request as often as there are values."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)

    def valid_value(self, value: str) -> bool:
        return True


class KeyingForm(forms.Form):
    """Where a key is read, and how it is taken from there."""

    cloudinary_field = forms.CharField(label=gettext_lazy("Cloudinary Field"), max_length=300)
    # A blank may be what separates, or be meant in a pattern.
    pattern = forms.CharField(label=gettext_lazy("Pattern"), max_length=MAX_PATTERN, required=False, strip=False)
    separator = forms.CharField(label=gettext_lazy("Separator"), max_length=MAX_SEPARATOR, required=False, strip=False)
    fold = forms.BooleanField(label=gettext_lazy("Ignore case and spaces"), required=False)

    @property
    def keying(self) -> Keying:
        """Of a valid form."""
        known = self.cleaned_data
        field = CloudinaryField.parse(known["cloudinary_field"])
        return Keying(field, known["pattern"], known["separator"], known["fold"])

    def clean_cloudinary_field(self) -> str:
        return cloudinary_code(self.cleaned_data["cloudinary_field"])

    def clean_pattern(self) -> str:
        pattern = self.cleaned_data["pattern"]
        try:
            compiled(pattern)
        except BadPattern as error:
            raise forms.ValidationError(str(error)) from None
        return pattern


def cloudinary_code(code: str) -> str:
    """Raises forms.ValidationError."""
    try:
        return str(CloudinaryField.parse(code))
    except BadField as error:
        raise forms.ValidationError(str(error)) from None


class SettingsForm(KeyingForm):
    """The selection's settings but for its stores.

    Where groups are ordered by hand, another `order_field` would discard that: it is left as it is, and kept in `to_confirm`,
    until it comes again as `order_asked` with `discard_order`.
    """

    shopify_kind = forms.ChoiceField(label=gettext_lazy("Shopify Field"), choices=SHOPIFY_FIELDS)
    metafield = forms.CharField(label=gettext_lazy("Metafield (namespace.key)"), max_length=350, required=False)
    link_mode = forms.ChoiceField(label=gettext_lazy("Link Mode"), choices=MODES)
    position = forms.IntegerField(label=gettext_lazy("Position"), min_value=1, max_value=MAX_MEDIA, required=False)
    order_field = forms.CharField(label=gettext_lazy("Order product assets by"), max_length=300, required=False)
    order_descending = forms.BooleanField(required=False)
    then_field = forms.CharField(label=gettext_lazy("Then by"), max_length=300, required=False)
    then_descending = forms.BooleanField(required=False)
    group_order = forms.ChoiceField(label=gettext_lazy("Groups of one product"), choices=GROUP_ORDERS, required=False)
    order_asked = forms.CharField(max_length=300, required=False)
    discard_order = forms.BooleanField(required=False)
    alt_policy = forms.ChoiceField(
        label=gettext_lazy("Alt text of pictures already there"), choices=ALT_POLICIES, required=False
    )
    transformation = forms.ChoiceField(label=gettext_lazy("Rendition of pictures"), required=False)
    variant_pictures = forms.BooleanField(
        label=gettext_lazy("Use the first image as the variant’s picture"), required=False
    )
    variant_reach = forms.ChoiceField(label=REACH_LABEL, choices=REACHES, required=False)
    # The option that those share: `option:<its name>` of those that products have, OTHER_OPTION for one that is written.
    option_choice = forms.CharField(max_length=len(NAMED) + MOST_NAME, required=False)
    variant_option = forms.CharField(label=gettext_lazy("Product option"), max_length=MOST_NAME, required=False)

    # Which products a run is for; of each any number of values.
    bound_status = Several(label=gettext_lazy("Status"))
    bound_vendor = Several(label=gettext_lazy("Vendor"))
    bound_product_type = Several(label=gettext_lazy("Product type"))
    bound_tag = Several(label=gettext_lazy("Tag"))
    bound_collection = Several(label=gettext_lazy("Collection (title or handle)"))

    def __init__(self, selection: Selection, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.to_confirm: str | None = None
        self.discarded = False
        ways = ("order_field", "order_descending", "then_field", "then_descending")
        self.before = {name: getattr(selection, name) for name in ways}
        offer_renditions(self, selection)

    def clean_order_field(self) -> str:
        return cloudinary_code(self.cleaned_data["order_field"]) if self.cleaned_data["order_field"] else ""

    def clean_then_field(self) -> str:
        return cloudinary_code(self.cleaned_data["then_field"]) if self.cleaned_data["then_field"] else ""

    def clean_order_asked(self) -> str:
        return cloudinary_code(self.cleaned_data["order_asked"]) if self.cleaned_data["order_asked"] else ""

    def clean(self) -> dict:
        known = super().clean() or {}
        kind, metafield = known.get("shopify_kind"), plain(known.get("metafield") or "")
        code = f"{kind}:{metafield}" if kind in METAFIELDS else kind or ""
        try:
            known["shopify_field"] = str(ShopifyField.parse(code))
        except BadField as error:
            self.add_error("metafield" if kind in METAFIELDS else "shopify_kind", str(error))
        known["bound"] = Bound.of({part: known.get(f"bound_{part}") for part in PARTS}).kept
        return self._reaching(known)

    def _reaching(self, known: dict) -> dict:
        chosen = known.get("option_choice") or ""
        named = chosen.removeprefix(NAMED) if chosen.startswith(NAMED) else known.get("variant_option") or ""
        option = plain(named)
        if known.get("variant_reach") == REACH_OPTION:
            known["variant_reach"] = f"{NAMED}{option}" if option else ""
            if not option:
                self.add_error("variant_option", NO_OPTION)
        return known

    def save(self, selection: Selection) -> None:
        """Put whatever is valid into the row, which the caller saves: one field that is not loses nothing of the others."""
        known = self._from_the_first() if self.cleaned_data else {}
        for name in SAVED:
            if name in known and (known[name] or name not in NEVER_EMPTY):
                setattr(selection, name, known[name])
        self._order(selection)

    def _from_the_first(self) -> dict:
        """A field that was just chosen begins in its natural direction: what is sent beside it was the last one's."""
        known = dict(self.cleaned_data)
        for name, way in (("order_field", "order_descending"), ("then_field", "then_descending")):
            if name in known and known[name] != self.before[name] and self.before[way] and known.get(way):
                known[way] = False
        return known

    def show(self, saved: dict) -> None:
        """Show what is saved in place of what was sent, which was valid: a form takes long to be made."""
        self.is_bound, self.initial = False, saved

    def _order(self, selection: Selection) -> None:
        if self.cleaned_data.get("discard_order") and "order_asked" in self.cleaned_data:
            self.discarded = editing.discard_orders(selection)
            selection.order_field = self.cleaned_data["order_asked"]
            return
        wanted = self.cleaned_data.get("order_field", selection.order_field)
        if wanted != selection.order_field and editing.ordered_by_hand(selection).exists():
            self.to_confirm = wanted
        else:
            selection.order_field = wanted


def offer_renditions(form: forms.Form, selection: Selection) -> None:
    """The named transformations that an admin allows."""
    named = form.fields["transformation"]
    assert isinstance(named, forms.ChoiceField)
    named.choices = [("", _("Default")), *((name, name) for name in selection.environment.allowed_transformations)]


# `order_field` has a way of its own: it may have to be confirmed.
SAVED = (*KEY_SETTINGS, *(name for name in RUN_SETTINGS if name != "order_field"))
NEVER_EMPTY = ("position", "alt_policy", "variant_reach", "group_order")


class UploadForm(forms.Form):
    """The settings of a selection that an upload to Files has: the others stay as they are."""

    alt_policy = forms.ChoiceField(
        label=gettext_lazy("Alt text of files already there"), choices=ALT_POLICIES, required=False
    )

    transformation = forms.ChoiceField(label=gettext_lazy("Rendition of pictures"), required=False)

    def __init__(self, selection: Selection, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_renditions(self, selection)

    def save(self, selection: Selection) -> None:
        """Put whatever is valid into the row, which the caller saves. What the page has no control for stays."""
        known = self.cleaned_data
        selection.alt_policy = known.get("alt_policy") or selection.alt_policy
        if "transformation" in self.data and "transformation" in known:
            selection.transformation = known["transformation"]


# Of a store's setting: as it is for all.
AS_ALL = "all"


class StoreSettingsForm(forms.Form):
    """What one store has otherwise than all (linking.domain.per_store)."""

    link_mode = forms.ChoiceField(label=gettext_lazy("Link Mode here"), choices=[(AS_ALL, ""), *MODES], required=False)
    position = forms.IntegerField(label=gettext_lazy("Position here"), min_value=1, max_value=MAX_MEDIA, required=False)
    shopify_kind = forms.ChoiceField(
        label=gettext_lazy("Shopify Field here"), choices=[(AS_ALL, ""), *SHOPIFY_FIELDS], required=False
    )
    metafield = forms.CharField(label=gettext_lazy("Metafield (namespace.key)"), max_length=350, required=False)
    transformation = forms.CharField(label=gettext_lazy("Rendition of pictures here"), max_length=255, required=False)

    def __init__(self, selection: Selection, pk: int, data: Mapping[str, Any] | None = None) -> None:
        self.selection, self.pk = selection, pk
        own = selection.store_settings.get(str(pk), {})
        kind, _sign, metafield = own.get("shopify_field", AS_ALL).partition(":")
        initial = {"shopify_kind": kind, "metafield": metafield, "position": selection.for_store(pk).position}
        initial |= {name: own.get(name, AS_ALL) for name in ("link_mode", "transformation")}
        super().__init__(data, prefix=f"store-{pk}", initial=initial)
        self.modes, self.kinds = MODES, SHOPIFY_FIELDS

    @classmethod
    def sent(cls, selection: Selection, data: Mapping[str, Any]) -> "list[StoreSettingsForm]":
        """Of the stores whose settings are open on the page: with what was sent of them, if anything was."""
        named = data.getlist("own_open") if isinstance(data, QueryDict) else data.get("own_open", "").split()
        pks = [pk for one in dict.fromkeys(named) if (pk := row_number(one)) > 0]
        forms = [cls(selection, pk, data) for pk in pks]
        return [form if form.names_sent else cls(selection, form.pk) for form in forms]

    @property
    def names_sent(self) -> set[str]:
        return {name for name in self.fields if self.add_prefix(name) in self.data}

    @property
    def for_all(self) -> dict[str, str]:
        """What is set for all stores, in words."""
        selection = self.selection
        return {
            "link_mode": mode_words(selection.link_mode, selection.position),
            "shopify_field": label_of(selection.match_by),
            "transformation": selection.transformation or _("Default image transformation"),
        }

    def clean_transformation(self) -> str:
        named = self.cleaned_data["transformation"]
        if named not in {AS_ALL, "", *self.selection.environment.allowed_transformations}:
            raise forms.ValidationError(_("This rendition is not allowed. Choose another one."))
        return named

    def clean(self) -> dict:
        known = super().clean() or {}
        kind, metafield = known.get("shopify_kind") or AS_ALL, plain(known.get("metafield") or "")
        try:
            code = f"{kind}:{metafield}" if kind in METAFIELDS else kind
            known["shopify_field"] = code if code == AS_ALL else str(ShopifyField.parse(code))
        except BadField as error:
            self.add_error("metafield", str(error))
        return known

    def save(self) -> None:
        """Put whatever was sent and is valid into the selection, which the caller saves. A position is kept where the mode asks
        for one."""
        own = dict(self.selection.store_settings.get(str(self.pk), {}))
        sent = self.names_sent
        for name, field in (("link_mode", "link_mode"), ("shopify_field", "shopify_kind"), ("transformation",) * 2):
            if field in sent and name in self.cleaned_data:
                own[name] = self.cleaned_data[name]
        if "position" in sent and self.cleaned_data.get("position"):
            own["position"] = self.cleaned_data["position"]
        own = {name: value for name, value in own.items() if value != AS_ALL}
        if own.get("link_mode") != LinkMode.POSITION:
            own.pop("position", None)
        others = {pk: known for pk, known in self.selection.store_settings.items() if pk != str(self.pk)}
        self.selection.store_settings = {**others, str(self.pk): own} if own else others
