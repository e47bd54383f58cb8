"""Plans: every change has a line, and the lines add up to the galleries."""

from hypothesis import given

from linking.domain.galleries import Incoming, LinkMode, Medium
from linking.domain.plan import Change, fingerprint, plan_product
from tests.linking.domain.test_galleries import galleries, modes, positions, selections


def kinds(plan):
    return [line.change for line in plan.lines]


@given(modes, galleries(), selections, positions)
def test_the_lines_lead_from_before_to_after(mode, before, incoming, position):
    plan = plan_product(mode, before, incoming, position)
    placed = sorted((line.position_after, line.change) for line in plan.lines if line.position_after)
    assert [at for at, _ in placed] == list(range(1, len(plan.after) + 1))
    gone = {line.medium for line in plan.lines if line.change in (Change.UNLINK, Change.REPLACE)}
    assert gone == set(plan.unlinked)


@given(modes, galleries(), selections, positions)
def test_every_incoming_asset_has_exactly_one_line_that_tells_its_fate(mode, before, incoming, position):
    lines = plan_product(mode, before, incoming, position).lines
    for asset in {item.asset for item in incoming}:
        assert sum(line.asset == asset and line.change != Change.UNLINK for line in lines) == 1


@given(modes, galleries(), selections, positions)
def test_a_plan_without_changes_says_unchanged(mode, before, incoming, position):
    plan = plan_product(mode, before, incoming, position)
    assert plan.unchanged == (set(kinds(plan)) <= {Change.KEEP, Change.SKIP})


def test_a_new_version_replaces_the_old_one_wherever_it_stands():
    before = [Medium("m1"), Medium("m2", "a", "a-old", True)]
    [keep, replace] = plan_product(LinkMode.APPEND, before, [Incoming("a", "a-now")]).lines
    assert (keep.change, replace.change, replace.replaces) == (Change.KEEP, Change.REPLACE, "m2")


def test_overwriting_replaces_what_stands_on_the_position():
    before = [Medium("m1"), Medium("m2")]
    [replace, keep] = plan_product(LinkMode.IN_PLACE, before, [Incoming("a", "a-now")]).lines
    assert (replace.change, replace.replaces, keep.medium) == (Change.REPLACE, "m1", "m2")


def test_what_an_overwrite_has_no_place_for_is_skipped_with_a_reason():
    [replace, skip] = plan_product(LinkMode.IN_PLACE, [Medium("m1")], [Incoming("a", "1"), Incoming("b", "1")]).lines
    assert (replace.change, skip.change, skip.asset) == (Change.REPLACE, Change.SKIP, "b")
    assert "only 1" in str(skip.reason)


def test_more_than_250_media_are_refused_whole():
    before = [Medium(f"m{at}") for at in range(249)]
    plan = plan_product(LinkMode.APPEND, before, [Incoming("a", "1"), Incoming("b", "1")])
    assert "251 media; Shopify allows 250" in str(plan.refusal)
    assert plan.after == tuple(before)
    assert kinds(plan) == [Change.SKIP, Change.SKIP]


def test_a_reset_that_would_hold_more_than_250_on_the_way_is_refused():
    before = [Medium(f"m{at}") for at in range(250)]
    assert "make room first" in str(plan_product(LinkMode.RESET, before, [Incoming("a", "1")]).refusal)


def test_a_fingerprint_tells_order_and_alt_texts():
    rows = [("m1", "Front"), ("m2", "")]
    others = [rows[::-1], [("m1", "Back"), rows[1]], rows[:1]]
    assert fingerprint(rows) not in [fingerprint(other) for other in others]
