from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import models

from setup.security.secrets import EncryptedField, Sealed, SecretUnreadable, present_mark, seal, tenant_of, unseal
from setup.security.stored_secrets import encrypted_fields

BATCH = 100


class Command(BaseCommand):
    help = (
        "Encrypt all stored secrets again with the first of ENCRYPTION_KEYS. Run it while people work; stop it, and it goes on "
        "where it was. When nothing is left, take the old keys out of ENCRYPTION_KEYS."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only count what is left; fails if anything is left")

    def handle(self, *args: Any, **options: Any) -> None:
        done = 0
        stuck: list[str] = []
        for model, field in encrypted_fields():
            if not options["check"]:
                written, unreadable = rotate(model, field)
                done, stuck = done + written, stuck + unreadable
        left = sum(left_of(model, field).count() for model, field in encrypted_fields())
        self.stdout.write(f"{done} encrypted again, {left} left.")
        if left:
            raise CommandError("\n".join(stuck) or "Secrets are left under older keys: run `manage.py rotate_keys`.")


def left_of(model: type[models.Model], field: EncryptedField) -> models.QuerySet:
    """What is not under the present key; this is what makes a stopped rotation go on."""
    rows = model._default_manager.exclude(**{field.name: ""})
    return rows.exclude(**{f"{field.name}__startswith": Sealed(present_mark())})


def rotate(model: type[models.Model], field: EncryptedField) -> tuple[int, list[str]]:
    """(secrets written, what cannot be read and why)."""
    done, last = 0, 0
    stuck: list[str] = []
    while rows := list(left_of(model, field).filter(pk__gt=last).order_by("pk")[:BATCH]):
        for row in rows:
            try:
                done += rewrite(row, field)
            except SecretUnreadable as error:
                stuck.append(f"{model._meta.label} {row.pk}, {field.name}: {error}")
        last = rows[-1].pk
    return done, stuck


def rewrite(row: models.Model, field: EncryptedField) -> int:
    """Only if the secret is still the one that was read: a newer one is under the present key already."""
    old, tenant = row.__dict__[field.attname], tenant_of(row)
    new = seal(unseal(old, tenant), tenant)
    return type(row)._default_manager.filter(pk=row.pk, **{field.name: old}).update(**{field.name: new})
