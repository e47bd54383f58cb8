"""People who sign in, what proved who they are, and who is invited.

A person is known across product environments; what they may do in one of them says their member there.
"""

import uuid
from datetime import datetime

from django.db import models

from setup.models.environments import Environment
from setup.models.members import GRANTED, Member
from setup.models.stores import Store


class Person(models.Model):
    """Somebody who signs in. Each of their members stands for one product environment."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # As it was proved, spelled by setup.people.who.spelled; empty: nobody said one.
    email = models.CharField(max_length=255, blank=True, default="", db_default="")
    email_verified = models.BooleanField(default=False, db_default=False)
    name = models.CharField(max_length=255, blank=True, default="", db_default="")
    created = models.DateTimeField(auto_now_add=True)
    # Signed-in sessions that began before this are ended, in whatever environment.
    sessions_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # Two sign-ins at the same moment make one person.
            models.UniqueConstraint(
                fields=["email"], condition=models.Q(email_verified=True), name="a_proved_address_is_one_persons"
            ),
            models.CheckConstraint(
                condition=models.Q(email_verified=False) | ~models.Q(email=""), name="what_is_proved_is_an_address"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email or str(self.key)

    def has_ended(self, began: float) -> bool:
        return self.sessions_since is not None and self.sessions_since.timestamp() > began


class Identity(models.Model):
    """A person as a provider knows them. Nobody else becomes (issuer, subject): not even with the same e-mail address."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="identities")
    # A URL of the provider; of ways of our own what setup.people.proofs names.
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    email = models.CharField(max_length=255, blank=True, default="", db_default="")
    created = models.DateTimeField(auto_now_add=True)
    last_used = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="an_identity_is_one_persons")]

    def __str__(self) -> str:
        return f"{self.subject} at {self.issuer}"


class Passkey(models.Model):
    """A credential of WebAuthn: https://www.w3.org/TR/webauthn-3/#credential-record"""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="passkeys")
    # Both in base64url: ids have up to 1,023 bytes; the public key is the attested credential data.
    credential_id = models.CharField(max_length=1400, unique=True)
    public_key = models.TextField()
    sign_count = models.PositiveBigIntegerField(default=0, db_default=0)
    name = models.CharField(max_length=100, blank=True, default="", db_default="")
    created = models.DateTimeField(auto_now_add=True)
    last_used = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name or self.credential_id[:12]


class Invitation(models.Model):
    """What a person becomes in an environment once they prove who they are: by this e-mail address, or by the address of one use
    that was handed to them. Only its hash is kept."""

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="invitations")
    # Spelled as Person.email; empty: for who opens the address.
    email = models.CharField(max_length=255, blank=True, default="", db_default="")
    role = models.CharField(max_length=10, choices=GRANTED)
    bounded = models.BooleanField(default=False, db_default=False)
    stores = models.ManyToManyField(Store, blank=True, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    # Null: who runs the installation did (`manage.py member invite`).
    made_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="invitations")
    created = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField(db_index=True)
    accepted = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="invitations_accepted")

    class Meta:
        indexes = [models.Index(fields=["email"], name="invitations_to_an_address")]

    def __str__(self) -> str:
        return self.email or f"invitation {self.pk}"

    def is_open(self, now: datetime) -> bool:
        """An admin who was removed since, or is none any more, invites nobody: least of all themselves."""
        made_by = self.made_by
        return self.accepted is None and now < self.expires and (made_by is None or made_by.invites)


class EmailCode(models.Model):
    """A code that was sent to an address. A row is one try to sign in; a conditional update counts its tries and uses it up."""

    # Spelled as Person.email.
    email = models.CharField(max_length=255, db_index=True)
    code_hash = models.CharField(max_length=128)
    created = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField(db_index=True)
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    used = models.DateTimeField(null=True, blank=True)
