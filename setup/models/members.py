"""Members: people of a product environment, and what they may do there."""

from datetime import datetime
from typing import Any, Protocol

from django.conf import settings
from django.db import models
from django.utils.functional import cached_property

from setup.models.environments import Environment
from setup.stored_json import StoredJSON, texts, texts_or_none
from setup.words import gettext_lazy

# Cloudinary's own roles, by the slugs that launches name.
ROLE_NAMES = {
    "master_admin": gettext_lazy("Master admin"),
    "admin": gettext_lazy("Admin"),
    "technical_admin": gettext_lazy("Technical admin"),
    "media_library_admin": gettext_lazy("Media Library admin"),
    "media_library_user": gettext_lazy("Media Library user"),
    "billing": gettext_lazy("Billing"),
    "reports": gettext_lazy("Reports"),
}
# What somebody may do here: all of it; everything but Setup; read and download.
ADMIN, MEMBER, VIEWER = "admin", "member", "viewer"
GRANTED = [
    (ADMIN, gettext_lazy("Admin")),
    (MEMBER, gettext_lazy("Member")),
    (VIEWER, gettext_lazy("Viewer")),
]
# What is explained on a first visit to Link to Products.
HINTS = ("stores", "match", "exclude")


class OfEnvironment(Protocol):
    """A store; its module knows this one."""

    pk: Any
    environment_id: Any


class MemberQuerySet(models.QuerySet["Member"]):
    def people(self) -> "MemberQuerySet":
        """Without those that keys of the HTTP API act as."""
        return self.exclude(external_id__startswith="key:")


class Member(models.Model):
    """A person of a product environment, and what they may do there. Who has only ever signed in has the external id
    `person:<their key>`, and whom a key of the HTTP API acts as `key:<its public part>`; what the Console calls anybody never
    begins so (setup.security.launch)."""

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="members")
    external_id = models.CharField(max_length=255)
    email = models.CharField(max_length=255, blank=True)
    name = models.CharField(max_length=255, blank=True)
    roles = StoredJSON(default=list, db_default=[], shape=texts)
    last_launch = models.DateTimeField(null=True)
    # Of HINTS, those that the person does not want to see again.
    hints_dismissed = StoredJSON(default=list, db_default=[], blank=True, shape=texts)
    # Codes of the fields that lists of assets show; null: never chosen (linking.pages.asset_fields).
    asset_fields = StoredJSON(null=True, blank=True, shape=texts_or_none)
    # One of settings.LANGUAGES; empty: as the person's browser asks for it.
    language = models.CharField(max_length=10, blank=True, default="", db_default="")
    # Sessions that began before this are ended.
    sessions_since = models.DateTimeField(null=True, blank=True)
    # Who this is when they sign in; null: never seen but by launches.
    person = models.ForeignKey("setup.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="members")
    last_sign_in = models.DateTimeField(null=True, blank=True)
    # What an admin, an invitation or a provider's groups made of them; empty: what the last launch's roles mean here.
    granted_role = models.CharField(max_length=10, choices=GRANTED, blank=True, default="", db_default="")
    # The role is the one that a provider's groups give, at each sign-in again.
    by_groups = models.BooleanField(default=False, db_default=False)
    # Which provider's, as Identity.issuer names it: another one's groups take nothing of it away. Empty: not known.
    groups_issuer = models.CharField(max_length=255, blank=True, default="", db_default="")
    # They write to those stores only.
    bounded = models.BooleanField(default=False, db_default=False)
    writable_stores = models.ManyToManyField("setup.Store", blank=True, related_name="+")
    # An admin shut them out; their runs and selections stay.
    removed = models.DateTimeField(null=True, blank=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["environment", "external_id"], name="one_member_per_person"),
            models.UniqueConstraint(fields=["environment", "person"], name="one_member_per_person_who_signs_in"),
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.external_id

    def has_ended(self, began: float) -> bool:
        """Whether an admin has ended what began at that moment: this person's sessions, and tickets for more of them."""
        return self.sessions_since is not None and self.sessions_since.timestamp() > began

    def dismiss_hints(self, *names: str) -> bool:
        """For good. Whether all of them are hints that there are."""
        if not set(names) <= set(HINTS):
            return False
        if new := [name for name in names if name not in self.hints_dismissed]:
            self.hints_dismissed = [*self.hints_dismissed, *new]
            self.save(update_fields=["hints_dismissed"])
        return True

    @property
    def role(self) -> str:
        """One of GRANTED, whatever way they came. Of several roles of a launch the strongest one counts, among those of which an
        admin said what they mean here; if there is none, they make a member."""
        if self.removed:
            return VIEWER
        if self.granted_role or self.launched_admin:
            return self.granted_role or ADMIN
        meant = {one["role"] for one in self._meant}
        return VIEWER if meant == {VIEWER} else MEMBER

    @property
    def launched_admin(self) -> bool:
        """Roles come as slugs, display names or `cld::role::…` ids; unknown ones make no admin."""
        return not {slug_of(role) for role in self.roles}.isdisjoint(settings.ADMIN_ROLES)

    @property
    def is_admin(self) -> bool:
        return self.role == ADMIN

    @property
    def invites(self) -> bool:
        return self.is_admin and not self.removed

    @property
    def is_viewer(self) -> bool:
        return self.role == VIEWER

    @property
    def _meant(self) -> list[dict]:
        """What admins said of the last launch's roles."""
        known = self.environment.launch_roles
        return [known[slug] for slug in sorted({slug_of(role) for role in self.roles}) if slug in known]

    @cached_property
    def bounds(self) -> frozenset[int] | None:
        """Keys of the stores that they may write to; None: all of the environment's."""
        role = self.role
        if role == ADMIN:
            return None
        if role == VIEWER:
            return frozenset()
        if self.bounded:
            return frozenset(self.writable_stores.values_list("pk", flat=True))
        writing = [] if self.granted_role else [one for one in self._meant if one["role"] == MEMBER]
        if not writing or any(one["stores"] is None for one in writing):
            return None
        return frozenset(pk for one in writing for pk in one["stores"])

    @property
    def bound_names(self) -> list[str]:
        rows = self.environment.stores.filter(pk__in=self.bounds or ())
        return [str(store) for store in rows.in_order()]

    def may_write_to(self, store: OfEnvironment) -> bool:
        mine = store.environment_id == self.environment_id
        return mine and (self.bounds is None or store.pk in self.bounds)

    @property
    def role_label(self) -> str:
        return str(dict(GRANTED)[self.role])

    @property
    def last_here(self) -> datetime | None:
        return max(filter(None, (self.last_launch, self.last_sign_in)), default=None)

    @property
    def role_names(self) -> list[str]:
        """As the Console shows them to people; a role of the account's own reads as it is called."""
        return [str(ROLE_NAMES.get(slug_of(role)) or own_name(role)) for role in self.roles]


def slug_of(role: str) -> str:
    return own_name(role).lower().replace(" ", "_")


def own_name(role: str) -> str:
    return role.rsplit("::", 1)[-1].strip()
