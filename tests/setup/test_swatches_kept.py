"""Swatches without a rule came later: what an admin had decided on before is kept."""

from importlib import import_module

import pytest
from django.apps import apps

from setup.models import AuditEntry, Environment

MIGRATION = import_module("setup.migrations.0005_swatches_by_themselves")
RULE, NONE = {"swatch_field": "tags", "swatch_value": "chip"}, {"swatch_field": "", "swatch_value": ""}


@pytest.mark.django_db
def test_only_an_admin_who_took_a_rule_away_wants_no_swatches():
    saved = {"with-a-rule": [RULE], "taken-away": [RULE, NONE], "made-again": [RULE, NONE, RULE], "never": []}
    for name, entries in saved.items():
        rule = entries[-1] if entries else NONE
        Environment.objects.create(cloud_name=name, **rule)
        for before, after in zip([NONE, *entries], entries, strict=False):
            AuditEntry.objects.create(cloud_name=name, action="setup.swatches", before=before, after=after)
    AuditEntry.objects.create(cloud_name="never", action="setup.matching", after=NONE)
    MIGRATION.keep_none(apps, None)
    assert list(Environment.objects.filter(no_swatches=True).values_list("cloud_name", flat=True)) == ["taken-away"]
