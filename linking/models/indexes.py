from django.db import models


def beginnings(field: str, *more: str) -> models.Index:
    """An index by which texts that begin with something are found, in SQLite and in Postgres, whatever its collation.

    `more`: numbers that are then read from the index alone.
    """
    classes = ["varchar_pattern_ops", *["int8_ops" for _ in more]]
    name = "_".join((field, *(f"and_{one}" for one in more), "begins"))
    return models.Index(fields=[field, *more], opclasses=classes, name=name)
