"""What becomes of a gallery, in a few lines beside its pictures. No database."""

import pytest

from linking.domain.plan import NEW_VERSION, OVERWRITTEN, TWICE
from linking.domain.reasons import NOT_UNLINKED
from linking.models import ChangeRow, ProductSync
from linking.pages.gallery_words import Becomes, in_few_lines, words_of
from setup.reasons import NONE, said

FULL, OUT = said("Shopify allows 250."), said("Excluded by hand.")


def lines(change: str, n: int, **known) -> list[ChangeRow]:
    return [ChangeRow(change=change, asset_id=f"{change}{at}", **known) for at in range(n)]


def words(*rows: list[ChangeRow], variants=(), at=(), size=0, reason=NONE) -> list[tuple[str, str]]:
    return words_of(ProductSync(reason=reason), [row for some in rows for row in some], variants, at, size)


@pytest.mark.parametrize(
    ("at", "size", "where"),
    [([3, 4], 4, " at the end"), ([1, 2], 4, " at the front"), ([2, 3], 4, ""), ([1, 4], 4, ""), ([1, 2], 2, "")],
)
def test_what_is_added_says_where_it_stands_among_others(at, size, where):
    assert words(lines("add", 2), at=at, size=size) == [("add", f"2 added{where}")]


def test_what_leaves_comes_first_with_its_reason_and_the_variants_that_lose_their_picture():
    found = words(lines("add", 1), lines("unlink", 2, reason=OUT), variants=[("Red", Becomes.LOST)], at=[1], size=1)
    assert found == [("take", "2 removed, the picture of variant Red: Excluded by hand."), ("add", "1 added")]


def test_what_takes_the_place_of_another_is_added_and_that_is_taken_out():
    newer = lines("replace", 2, reason=NEW_VERSION)
    stayed = lines("replace", 1, reason=NOT_UNLINKED, outcome="done")
    assert words(newer, lines("replace", 1), stayed) == [
        ("take", "1 removed"),  # by the link mode, which the head of the page names
        ("add", "2 added, 2 replaced: new versions"),
    ]


def test_what_leaves_is_counted_by_reason_and_what_stays_after_all_is_not_among_it():
    gone = lines("unlink", 2, reason=TWICE), lines("unlink", 1, reason=OVERWRITTEN)
    assert words(*gone, lines("unlink", 1, reason=NOT_UNLINKED, outcome="skipped")) == [
        ("take", f"2 removed: {TWICE}"),
        ("take", f"1 removed: {OVERWRITTEN}"),
        ("skip", f"1 not removed: {NOT_UNLINKED}"),
    ]


def test_problems_come_before_everything_each_with_its_reason_once():
    rows = [
        lines("add", 2, outcome="failed", reason=said("Too long.")),
        lines("add", 1, outcome="unknown", reason=FULL),
    ]
    assert words(*rows, lines("move", 1), reason=FULL) == [
        ("warn", "Shopify allows 250."),
        ("warn", "2 not done: Too long."),
        ("move", "1 moved"),
    ]


def test_what_the_strips_do_not_show_is_counted():
    rows = [
        lines("add", 1, owner_id="v1"),
        lines("keep", 2, alt_after="x"),
        lines("skip", 1, outcome="skipped", reason=OUT),
    ]
    variants = [("Red", Becomes.FIRST), ("Blue", Becomes.FIRST)]
    assert words(*rows, variants=variants) == [
        ("add", "1 swatch set, 2 variant pictures change, 2 alt texts change"),
        ("skip", "1 not linked: Excluded by hand."),
    ]


def test_a_gallery_without_any_change_says_so():
    assert words(lines("keep", 3)) == [("kept", "Unchanged")]


def test_a_row_has_four_lines_at_most():
    said = [("skip", f"1 not linked: {at}") for at in range(8)]
    assert in_few_lines(said[:4]) == said[:4]
    assert in_few_lines(said) == [*said[:3], ("note", "5 more under “…”")]
