"""Reasons alike are one, and every reason says what to do, by itself or with a word of ours."""

import pytest

from linking.domain import reasons
from linking.domain.troubles import likeness, todo
from setup.reasons import Reason, said


def test_reasons_that_differ_in_a_key_or_a_number_are_alike():
    assert likeness(Reason("match.no_product", field="sku", key="a-1")) == likeness(
        Reason("match.no_product", field="sku", key="b 2")
    )
    crash, other = Reason("run.own_error", reference="ab12cd34"), Reason("run.own_error", reference="0f1e2d3c")
    assert likeness(crash) == likeness(other)
    assert likeness(Reason("match.several_products", count=2, field="sku", key="a")) == likeness(
        Reason("match.several_products", count=14, field="sku", key="b")
    )
    assert likeness(said("Row 7 of “a” is wrong")) == likeness(said("Row 12 of “b” is wrong"))


def test_reasons_that_say_something_else_are_not():
    assert likeness(Reason("match.no_product", field="sku", key="a")) != likeness(
        Reason("match.no_product", field="barcode", key="a")
    )
    assert likeness(Reason("file.refused", text=said("too odd"))) != likeness(
        Reason("file.refused", text=said("too big"))
    )


# What a reason says that leaves nothing to ask.
DOES = (
    "Retry failed",
    "Check",
    "Choose",
    "Run again",
    "run again",
    "Crop",
    "Delete files",
    "Shorten",
    "plan again",
    "Look at it",
)


@pytest.mark.parametrize(
    "reason",
    [
        *reasons.FILE_REASONS.values(),
        *(
            known
            for name, known in vars(reasons).items()
            if name.isupper() and isinstance(known, Reason) and name != "NO_REASON"
        ),
        reasons.file_reason("SOMETHING_NEW", said("odd")),
        Reason("file.still_making", text=Reason("delivery.making"), minutes=10),
        Reason("file.not_uploaded", tries=5),
        Reason("gallery.moved", what=Reason("gallery.moved_order")),
        Reason("variants.not_set", text=said("odd")),
        Reason("swatch.not_set", text=said("odd")),
        Reason("match.no_product", field="sku", key="zz"),
        Reason("match.several_products", count=3, field="sku", key="twin"),
        Reason("asset.no_value", field="SKU"),
        Reason("gallery.only_so_many", media=2),
        Reason("gallery.too_many", media=260, most=250),
        Reason("asset.excluded"),
        Reason("asset.group_excluded"),
        Reason("shopify.error_status", status=502),
        Reason("file.not_linked"),
        Reason("run.own_error", reference="ab12cd34"),
    ],
)
def test_every_reason_comes_with_what_to_do(reason):
    assert todo(reason) or any(sign in str(reason) for sign in DOES)
