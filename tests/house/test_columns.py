"""Code of the last release works on the schema of the next one: whatever it leaves out of a row, the database puts there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, migrations, models, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from django_migration_linter import MigrationLinter

from setup.reason_field import ReasonField
from setup.reasons import NONE
from setup.stored_json import StoredJSON

ROOT = Path(__file__).parents[2]
OURS = ("setup", "linking")
# Made in Python for every row, by every release: there is no value that would do for all.
MADE = {"key"}
UNRELEASED = {"setup": "0001_squashed", "linking": "0001_squashed"}
# Migrations that take something away which the last release does not use any more, with the reason: "app.0002_name": "…".
SECOND_STEPS: dict[str, str] = {
    # The linter takes each new constraint for a narrower one. A process of the last release that is asked, during an update, for
    # a report which exists in two languages answers with an error; nothing else of it knows more than one.
    "linking.0013_report_of_each_language": "a wider constraint in the place of a narrower one",
    # The last release leaves the column empty, and of empty ones there may be any number.
    "setup.0014_one_member_of_a_person": "a constraint of a column that the last release does not know",
}
MODELS = [model for app in OURS for model in apps.get_app_config(app).get_models()]


def with_defaults(model: type[models.Model]) -> Iterator[models.Field]:
    for field in model._meta.concrete_fields:
        if field.has_default() and field.name not in MADE:
            yield field


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_column_with_a_default_has_the_same_one_in_the_database(model):
    missing = [field.name for field in with_defaults(model) if not field.has_db_default()]
    assert not missing, f"Give {model.__name__} db_default for: {', '.join(missing)} (CONTRIBUTING, To add a column)."


def given_by_everybody(model: type[models.Model]) -> dict[models.Field, object]:
    """What a release writes that knows none of the defaults."""
    fields = [field for field in model._meta.concrete_fields if not (field.primary_key or field.null)]
    return {field: some(field) for field in fields if not field.has_db_default()}


def some(field: models.Field) -> object:
    if field.is_relation:
        return 1
    if isinstance(field, ReasonField):
        return NONE
    if isinstance(field, models.BinaryField):
        return b""
    if isinstance(field, models.DateTimeField):
        return timezone.now()
    return field.get_default() if field.has_default() else 1 if isinstance(field, models.IntegerField) else ""


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_the_database_fills_in_what_a_row_is_added_without(model):
    given, name = given_by_everybody(model), connection.ops.quote_name
    columns = ", ".join(name(field.column) for field in given)
    values = [field.get_db_prep_save(value, connection) for field, value in given.items()]
    into = f"INSERT INTO {name(model._meta.db_table)} ({columns}) VALUES ({', '.join(['%s'] * len(values))})"
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(into if given else f"INSERT INTO {name(model._meta.db_table)} DEFAULT VALUES", values)
        row = model._base_manager.get()
        known = {field.name: getattr(row, field.attname) for field in with_defaults(model)}
        assert known == {field.name: as_read(field, field.get_default()) for field in with_defaults(model)}
        transaction.set_rollback(True)  # it points at rows that are not there


def as_read(field: models.Field, value: object) -> object:
    return field.shape(value) if isinstance(field, StoredJSON) else value


def is_younger(app: str, name: str) -> bool:
    """Than all that is not released: for that, nobody's old processes were running."""
    return app in OURS and name > UNRELEASED[app]


def added() -> Iterator[tuple[str, models.Field]]:
    """Columns that a migration adds to a table which an older release writes to."""
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        made = {one.name_lower for one in migration.operations if isinstance(one, migrations.CreateModel)}
        for operation in migration.operations if is_younger(app, name) else ():
            if isinstance(operation, migrations.AddField) and operation.model_name_lower not in made:
                yield f"{app}.{name}: {operation.model_name}.{operation.name}", operation.field


def test_a_column_that_is_added_can_be_left_out_by_those_who_do_not_know_it():
    wrong = [place for place, field in added() if not (field.null or field.has_db_default() or field.many_to_many)]
    assert not wrong, (
        f"Without null=True or db_default older code cannot add rows (CONTRIBUTING, To add a column): {wrong}"
    )


@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="django-migration-linter needs Postgres's SQL: see the test"
)
@pytest.mark.django_db
def test_no_migration_breaks_the_code_of_the_release_before(capsys):
    """Columns dropped, renamed, narrowed or NOT NULL, as django-migration-linter finds them in the statements. SQLite makes a
    table again for most changes, which it takes for NOT NULL columns without a default, whatever they have."""
    linter = MigrationLinter(str(ROOT), include_apps=OURS, no_cache=True, quiet=["ok", "warning", "ignore"])
    for migration in linter.migration_loader.disk_migrations.values():
        label = f"{migration.app_label}.{migration.name}"
        if is_younger(migration.app_label, migration.name) and label not in SECOND_STEPS:
            linter.lint_migration(migration)
    assert not linter.has_errors, f"{capsys.readouterr().out} (CONTRIBUTING, To add a column)"
