"""Columns of JSON in the database, damaged."""

import json
from collections.abc import Iterator, Sequence

from django.db.models import JSONField, Model, QuerySet, Value

from linking.matching import answers
from linking.models import KeyMatch, ProductSync, SelectedAsset, SelectionExtract
from linking.selection import extracts
from setup.reasons import ReasonEncoder
from tests.damage import damaged
from tests.tiers import spread

# Their rows are alike: each can have a damage of its own, so that fewer visits see all of them.
ALIKE = (SelectedAsset, KeyMatch, ProductSync)


def each_damage(columns: Sequence[tuple[type[Model], str]]) -> Iterator[str]:
    """Each of the columns under one damage after another, of the richest value that it has; in the end it is as it was. The
    column's name; what was done is printed, for a test that fails."""
    for model, column in columns:
        for done in damages_of(model, column):
            print(f"{model.__name__}.{column}: {done}")
            yield column


def damages_of(model, column: str) -> Iterator[str]:
    was = {pk: plain(value) for pk, value in model.objects.order_by("pk").values_list("pk", column)}
    damages = list(damaged(max(was.values(), key=lambda value: len(repr(value)))))
    some = len(was) if model in ALIKE else 1
    for at in spread(range(0, len(damages), some), 1, first=len(column)):
        turn = damages[at : at + some] * (len(was) // some)
        for pk, (_, value) in zip(was, turn, strict=False):
            put(model, pk, column, value)
        forget()
        yield ", ".join(name for name, _ in turn[:some])
    for pk, value in was.items():
        put(model, pk, column, value)
    forget()


def forget() -> None:
    """What was made of the rows as they were, here and in the database: damage is not what makes it stale."""
    extracts.kept.known.clear()
    answers.kept.known.clear()
    SelectionExtract.objects.all().delete()


def plain(value: object) -> object:
    """As it stands in the database: reasons as their texts."""
    return json.loads(json.dumps(value, cls=ReasonEncoder))


def put(model, pk: int, column: str, value: object) -> None:
    rows: QuerySet = QuerySet(model)  # the audit log's own would refuse
    rows.filter(pk=pk).update(**{column: Value(plain(value), JSONField())})  # None: JSON's null


def damage_each(rows: QuerySet, column: str, turn: int) -> list[str]:
    """Each of these rows gets a damage of its own, of its own value: the next ones in every turn. What was done; nothing when all
    damages had their turn, of which the landing tier has one."""
    done, count = [], rows.count()
    for at, (pk, value) in enumerate(rows.order_by("pk").values_list("pk", column), turn * count):
        damages = spread(damaged(plain(value)), count)
        if at < len(damages):
            put(rows.model, pk, column, damages[at][1])
            done.append(damages[at][0])
    return done
