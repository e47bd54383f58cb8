"""JSON columns are read in their shape, whatever stands in the database."""

import pytest
from django.db import connection
from django.db.models import JSONField

from setup.models import Environment, Member
from setup.stored_json import StoredJSON, seen, texts, values

DEEP = "[" * 100_000 + "]" * 100_000


@pytest.mark.parametrize("text", [DEEP, "no JSON at all", "null", "7", '"text"', '{"a": 1}'])
def test_what_cannot_be_read_is_read_as_nothing(text):
    assert StoredJSON(shape=texts).from_db_value(text, None, connection) == []


def test_for_migrations_it_is_a_column_like_any_other():
    assert StoredJSON(shape=texts, default=list).deconstruct()[1:] == JSONField(default=list).deconstruct()[1:]


@pytest.mark.parametrize("value", [None, [], {}, "text", 7, [None], {"fields": None}, {"fields": [{"label": "x"}, 7]}])
def test_what_was_seen_of_an_environment_has_its_shape(value):
    assert all(field["label"] and "type" in field for field in seen(value).get("fields", []))
    assert isinstance(seen(value).get("transformations", []), list)


def test_a_field_without_a_label_is_called_by_its_id():
    assert seen({"fields": [{"id": "sku"}]})["fields"] == [{"id": "sku", "label": "sku", "type": "", "values": []}]


def test_what_the_audit_log_has_is_shown_whatever_it_is():
    assert (values({"a": 1}), values(None), values(["a"])) == ({"a": 1}, {}, {"value": ["a"]})


@pytest.mark.django_db
def test_roles_that_cannot_be_read_make_no_admin():
    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "i", "launch_secret": "s"}
    home = Environment.objects.create(cloud_name="home", **known)
    for roles in ("master_admin", {"master_admin": True}, [["master_admin"]], 7):
        Member.objects.create(environment=home, external_id=repr(roles), roles=roles)
    assert not any(member.is_admin for member in Member.objects.all())
