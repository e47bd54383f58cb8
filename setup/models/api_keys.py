"""Keys of the HTTP API: what a program proves itself with, and what it may do."""

from datetime import datetime

from django.db import models
from django.utils import timezone

from setup.models.members import Member
from setup.models.stores import Store
from setup.stored_json import StoredJSON, texts
from setup.words import gettext_lazy

READ_LINKS, WRITE_LINKS, REMOVE_LINKS = "links:read", "links:write", "links:remove"
READ_RUNS, WRITE_RUNS = "runs:read", "runs:write"
WRITE_FILES, WRITE_SELECTIONS = "files:write", "selections:write"
READ_RULES, WRITE_RULES = "rules:read", "rules:write"
SCOPES = {
    READ_RUNS: gettext_lazy("Read runs, their changes and reports"),
    READ_LINKS: gettext_lazy("Read links and files, and see what keys match"),
    READ_RULES: gettext_lazy("Read rules and their firings"),
    WRITE_SELECTIONS: gettext_lazy("Hand over assets for a person to link"),
    WRITE_RUNS: gettext_lazy("Apply, abort, undo and retry runs"),
    WRITE_LINKS: gettext_lazy("Link assets to products"),
    WRITE_FILES: gettext_lazy("Upload assets to Store Files"),
    REMOVE_LINKS: gettext_lazy("Remove pictures from galleries"),
    WRITE_RULES: gettext_lazy("Fire rules, and switch them on and off"),
}
READING = {READ_RUNS, READ_LINKS, READ_RULES}


class ApiKey(models.Model):
    """Who has it acts as a member that nobody can sign in as: their runs, limits and stores are that member's, and so the
    label stands wherever a person would. Only the secret's hash is kept (setup.security.api_keys)."""

    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="api_key")
    # The part of the key that names it.
    public_id = models.CharField(max_length=16, unique=True)
    secret_hash = models.CharField(max_length=64)
    # Null: every store of the environment.
    store = models.ForeignKey(Store, null=True, blank=True, on_delete=models.CASCADE, related_name="api_keys")
    scopes = StoredJSON(default=list, db_default=[], shape=texts)
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    expires = models.DateTimeField(null=True, blank=True)
    # At most a minute older than it was.
    last_used = models.DateTimeField(null=True, blank=True)
    revoked = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "API key"

    def __str__(self) -> str:
        return self.member.name

    def lasts(self, now: datetime) -> bool:
        return self.revoked is None and not self.has_expired(now)

    def has_expired(self, now: datetime) -> bool:
        return self.expires is not None and self.expires <= now

    @property
    def state(self) -> str:
        """live, expired or revoked."""
        if self.revoked is not None:
            return "revoked"
        return "expired" if self.has_expired(timezone.now()) else "live"

    def allows(self, scope: str) -> bool:
        return scope in self.scopes

    @property
    def scope_labels(self) -> list[str]:
        """In one order; what a newer release gave is named by its code."""
        known = [str(text) for scope, text in SCOPES.items() if scope in self.scopes]
        return known + [scope for scope in self.scopes if scope not in SCOPES]
