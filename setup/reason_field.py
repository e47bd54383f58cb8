"""Columns that say why: kept as a code with values, read as a Reason."""

from typing import Any

from django.db import models
from django.db.models.expressions import Combinable

from setup.reasons import NONE, Reason, decoded, encoded


class ReasonField(models.TextField):
    """In the database, and for migrations, a text like any other, in one spelling: it can be compared, grouped and searched
    there. Whatever stands in it reads as a Reason; only a Reason, or an expression, can be saved."""

    # For the type checker.
    _pyi_private_set_type: Reason | Combinable  # type: ignore[assignment]
    _pyi_private_get_type: Reason  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"blank": True})

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def get_default(self) -> Reason:
        return NONE

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Reason:
        return decoded(value or "")

    def to_python(self, value: Any) -> Reason:
        return value if isinstance(value, Reason) else decoded(str(value or ""))

    def get_prep_value(self, value: Any) -> Any:
        """Also of what is looked for, which may be a part of the text."""
        return encoded(value) if isinstance(value, Reason) else value

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if not isinstance(value, Reason) and not hasattr(value, "resolve_expression"):
            raise TypeError(f"{self.name} takes a Reason, not {value!r}")
        return super().get_db_prep_save(value, connection)

    def value_to_string(self, obj: models.Model) -> str:
        return encoded(self.value_from_object(obj))
