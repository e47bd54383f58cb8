"""Forms of People on Setup: whom to invite, what somebody may do, and what roles of launches mean."""

from typing import Any

from django import forms

from setup.models import Environment, Member, Store
from setup.models.members import GRANTED, MEMBER, VIEWER
from setup.people.who import spelled
from setup.words import _, gettext_lazy

ALL, SOME = "all", "some"
WRITES = [(ALL, gettext_lazy("All stores")), (SOME, gettext_lazy("Only these stores"))]


class StoresForm(forms.Form):
    """To which stores a member may write; `prefix` keeps several on one page apart."""

    use_required_attribute = False
    writes = forms.ChoiceField(label=gettext_lazy("Writes to"), choices=WRITES, initial=ALL, widget=forms.RadioSelect)
    stores = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Stores"), queryset=Store.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, environment: Environment, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        field: Any = self.fields["stores"]
        field.queryset = environment.stores.shown()

    def chosen_stores(self) -> list[Store] | None:
        """None: all."""
        return list(self.cleaned_data["stores"]) if self.cleaned_data["writes"] == SOME else None


class InviteForm(StoresForm):
    email = forms.CharField(
        label=gettext_lazy("E-mail address"),
        required=False,
        max_length=255,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=GRANTED, initial=MEMBER)
    field_order = ("email", "role", "writes", "stores")

    def clean_email(self) -> str:
        email = spelled(self.cleaned_data["email"])
        if email:
            forms.EmailField().clean(email)
        return email


class RoleForm(StoresForm):
    role = forms.ChoiceField(label=gettext_lazy("Role"), required=False)
    field_order = ("role", "writes", "stores")

    def __init__(self, member: Member, *args: Any, **kwargs: Any) -> None:
        bounds = member.bounds if member.bounded else None
        initial = {"role": member.granted_role, "writes": ALL if bounds is None else SOME, "stores": bounds or ()}
        super().__init__(member.environment, *args, initial=initial, **kwargs)
        by_launch = [("", _("As in the Console ({role})").format(role=said_launched(member)))]
        role: Any = self.fields["role"]
        role.choices = [*(by_launch if member.last_launch else []), *GRANTED]


class LaunchRoleForm(StoresForm):
    """What a role of launches means here."""

    role = forms.ChoiceField(
        label=gettext_lazy("Role here"), choices=[one for one in GRANTED if one[0] in (MEMBER, VIEWER)]
    )
    field_order = ("role", "writes", "stores")

    def __init__(self, environment: Environment, slug: str, name: str, *args: Any, **kwargs: Any) -> None:
        known = environment.launch_roles.get(slug, {"role": MEMBER, "stores": None})
        bounded = known["role"] == MEMBER and known["stores"] is not None
        initial = {"role": known["role"], "writes": SOME if bounded else ALL, "stores": known["stores"] or ()}
        super().__init__(environment, *args, prefix=slug, initial=initial, **kwargs)
        self.slug, self.name = slug, name

    def meaning(self) -> dict[str, Any] | None:
        """None: as any other role."""
        stores = self.chosen_stores()
        if self.cleaned_data["role"] == VIEWER:
            return {"role": VIEWER, "stores": []}
        return None if stores is None else {"role": MEMBER, "stores": sorted(store.pk for store in stores)}


def said_launched(member: Member) -> str:
    """The role that the last launch gives them."""
    launched = Member(environment=member.environment, roles=member.roles)
    return str(dict(GRANTED)[launched.role])
