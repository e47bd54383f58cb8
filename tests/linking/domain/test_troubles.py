"""Reasons alike are one, and every reason says what to do, by itself or with a word of ours."""

import pytest

from linking.domain import reasons
from linking.domain.troubles import likeness, todo


def test_reasons_that_differ_in_a_key_or_a_number_are_alike():
    assert likeness("No product has the SKU “a-1”.") == likeness("No product has the SKU “b 2”.")
    crash = "AssetLink met an error of its own (reference {}, in the app's log)."
    assert likeness(crash.format("ab12cd34")) == likeness(crash.format("0f1e2d3c"))
    assert likeness("2 products have the SKU “a”; it should be one.") == likeness(
        "14 products have the SKU “b”; it should be one."
    )


def test_reasons_that_say_something_else_are_not():
    assert likeness("No product has the SKU “a”.") != likeness("No product has the Barcode “a”.")


# What a reason says that leaves nothing to ask.
DOES = ("Check", "Choose", "Run again", "run again", "Crop", "Delete files", "Shorten", "plan again", "Look at it")


@pytest.mark.parametrize(
    "reason",
    [
        *reasons.FILE_REASONS.values(),
        *(
            text
            for name, text in vars(reasons).items()
            if name.isupper() and isinstance(text, str) and name != "STILL_MAKING"
        ),
        reasons.file_reason("SOMETHING_NEW", "odd"),
        reasons.STILL_MAKING,
        "No product has the SKU “zz”.",
        "3 products have the SKU “twin”; it should be one.",
        "The asset has no value in “SKU”.",
        "The asset no longer exists in Cloudinary.",
        "The gallery has only 2 media to overwrite.",
        "The gallery would have 260 media; Shopify allows 250.",
        "Excluded by hand.",
        "Its group was excluded by hand.",
        "Shopify answered with an error (502).",
        "The picture could not be linked.",
        "AssetLink met an error of its own (reference ab12cd34, in the app's log).",
    ],
)
def test_every_reason_comes_with_what_to_do(reason):
    assert todo(reason) or any(sign in reason for sign in DOES)
