"""Captions by themselves came later: what an admin had decided on before is kept."""

from importlib import import_module

import pytest
from django.apps import apps

from setup.models import AuditEntry, Environment

MIGRATION = import_module("setup.migrations.0012_captions_by_themselves")
ON, OFF = {"ai_captions": True}, {"ai_captions": False}


@pytest.mark.django_db
def test_captions_that_an_admin_turned_on_or_off_stay_so_and_others_are_automatic():
    saved = {
        "on": [ON],
        "off": [ON, OFF],
        "off-and-more": [ON, OFF, {"alt_policy": "fill"}],
        "never": [{"alt_field": ""}],
    }
    for name, entries in saved.items():
        Environment.objects.create(cloud_name=name, ai_captions=entries[-1] == ON)
        for after in entries:
            AuditEntry.objects.create(cloud_name=name, action="setup.alt-texts", after=after)
    MIGRATION.as_admins_chose(apps, None)
    found = dict(Environment.objects.values_list("cloud_name", "captions"))
    assert found == {"on": "on", "off": "off", "off-and-more": "off", "never": "auto"}
