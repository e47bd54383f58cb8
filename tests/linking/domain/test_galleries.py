"""Link modes: each applied twice equals once, no asset doubled, nothing lost that the mode keeps."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain.galleries import GalleryAfter, Incoming, LinkMode, Medium, arrange

ASSETS = st.sampled_from("abcdefgh")


@st.composite
def galleries(draw):
    """Media of our assets (in an old or the current rendition), some of them adopted, and media that we know nothing of."""
    standings = st.sampled_from(["ours", "known", "adopted"])
    shapes = draw(st.lists(st.tuples(st.none() | ASSETS, st.sampled_from(["old", "now"]), standings), max_size=10))
    found = []
    for at, (asset, rendition, standing) in enumerate(shapes):
        mark = f"{asset}-{rendition}" if asset else None
        adopted = mark if mark and standing == "adopted" else ""
        found.append(Medium(f"m{at}", asset, mark, bool(asset) and standing == "ours", adopted=adopted))
    return found


selections = st.lists(ASSETS, max_size=8).map(lambda assets: [Incoming(a, f"{a}-now") for a in assets])
modes = st.sampled_from(LinkMode)
positions = st.integers(1, 12)


def applied(outcome: GalleryAfter) -> list[Medium]:
    """The gallery as the store has it after the outcome was applied: what was incoming is ours now."""
    return [
        Medium(f"new-{slot.asset}", slot.asset, slot.rendition, True) if isinstance(slot, Incoming) else slot
        for slot in outcome.after
    ]


def owned(media, incoming):
    """Media of incoming assets count as ours once a run has placed them."""
    assets = {item.asset for item in incoming}
    return [replace(m, ours=m.ours or (m.asset in assets and not m.adopted)) for m in media]


def assets_of(media):
    return [slot.asset for slot in media if slot.asset]


@given(modes, galleries(), selections, positions)
def test_a_mode_applied_twice_is_the_mode_applied_once(mode, before, incoming, position):
    once = owned(applied(arrange(mode, before, incoming, position)), incoming)
    assert list(arrange(mode, once, incoming, position).after) == once


@given(modes, galleries(), selections, positions)
def test_no_incoming_asset_is_doubled(mode, before, incoming, position):
    after = assets_of(arrange(mode, before, incoming, position).after)
    assert all(after.count(item.asset) <= 1 for item in incoming)


@given(modes, galleries(), selections, positions)
def test_every_incoming_asset_is_placed_or_skipped(mode, before, incoming, position):
    outcome = arrange(mode, before, incoming, position)
    skipped = {item.asset for item in outcome.skipped}
    assert {item.asset for item in incoming} <= set(assets_of(outcome.after)) | skipped
    assert not skipped or mode == LinkMode.IN_PLACE


@given(st.sampled_from([LinkMode.APPEND, LinkMode.PREPEND, LinkMode.POSITION]), galleries(), selections, positions)
def test_append_prepend_and_position_keep_all_other_media_in_their_order(mode, before, incoming, position):
    assets = {item.asset for item in incoming}
    others = [medium for medium in before if medium.asset not in assets]
    after = arrange(mode, before, incoming, position).after
    assert [slot for slot in after if slot.asset not in assets] == others


@given(st.sampled_from([LinkMode.APPEND, LinkMode.PREPEND, LinkMode.POSITION]), galleries(), selections, positions)
def test_who_only_adds_moves_nothing_that_was_there_before_us(mode, before, incoming, position):
    marks = {item.asset: item.rendition for item in incoming}
    first = {m.asset: m.id for m in reversed(before) if m.adopted and m.rendition == marks.get(m.asset)}
    standing = [m for m in before if m.asset not in marks or first.get(m.asset) == m.id]
    after = arrange(mode, before, incoming, position).after
    assert [slot for slot in after if slot in standing] == standing


@given(galleries(), selections)
def test_mirror_never_touches_foreign_media(before, incoming):
    assets = {item.asset for item in incoming}
    foreign = [medium for medium in before if not medium.ours and medium.asset not in assets]
    after = arrange(LinkMode.MIRROR, before, incoming).after
    assert [slot for slot in after if slot in foreign] == foreign


@given(st.sampled_from([LinkMode.IN_PLACE, LinkMode.OVERWRITE_AND_ADD]), galleries(), selections)
def test_overwriting_keeps_what_stands_behind_the_incoming(mode, before, incoming):
    assets = {item.asset for item in incoming}
    behind = [medium for medium in before[len(assets) :] if medium.asset not in assets] if assets else before
    after = arrange(mode, before, incoming).after
    assert [slot for slot in after if slot in behind] == behind


@given(modes, galleries(), positions)
def test_an_empty_group_changes_nothing(mode, before, position):
    assert arrange(mode, before, [], position).after == tuple(before)


@given(modes, galleries(), selections, positions)
def test_a_rendition_that_stands_there_already_is_not_brought_again(mode, before, incoming, position):
    shown = {(medium.asset, medium.rendition) for medium in before}
    after = arrange(mode, before, incoming, position).after
    assert not [s for s in after if isinstance(s, Incoming) and (s.asset, s.rendition) in shown]


def media(names: str) -> list[Medium]:
    """Capitals are foreign media, small letters our assets in the current rendition."""
    return [
        Medium(f"m{name}", name if name.islower() else None, f"{name}-now" if name.islower() else None, name.islower())
        for name in names
    ]


def names(outcome: GalleryAfter) -> str:
    return "".join(slot.asset or slot.id[1] for slot in outcome.after)


@pytest.mark.parametrize(
    ("mode", "before", "incoming", "after"),
    [
        (LinkMode.IN_PLACE, "ABC", "xy", "xyC"),
        (LinkMode.IN_PLACE, "A", "xy", "x"),
        (LinkMode.IN_PLACE, "", "xy", ""),
        (LinkMode.OVERWRITE_AND_ADD, "A", "xy", "xy"),
        (LinkMode.OVERWRITE_AND_ADD, "ABC", "xy", "xyC"),
        (LinkMode.RESET, "ABC", "xy", "xy"),
        (LinkMode.APPEND, "AB", "xy", "ABxy"),
        (LinkMode.APPEND, "xAB", "xy", "ABxy"),
        (LinkMode.PREPEND, "AB", "xy", "xyAB"),
        (LinkMode.POSITION, "ABC", "xy", "AxyBC"),
        (LinkMode.MIRROR, "AaBb", "cb", "AcBb"),
        (LinkMode.MIRROR, "AaB", "xyz", "AxByz"),
        (LinkMode.MIRROR, "AaBb", "b", "AbB"),
    ],
)
def test_the_modes_as_the_guide_tells_them(mode, before, incoming, after):
    items = [Incoming(name, f"{name}-now") for name in incoming]
    assert names(arrange(mode, media(before), items, position=2)) == after


ADDING = st.sampled_from([LinkMode.APPEND, LinkMode.PREPEND, LinkMode.POSITION])


@given(ADDING, galleries(), selections, positions)
def test_what_a_rule_finds_in_a_gallery_keeps_its_places(mode, before, incoming, position):
    after = arrange(mode, before, incoming, position, keeping=True).after
    wanted, here = {item.asset for item in incoming}, {medium.asset for medium in before}
    foreign = [medium for medium in before if medium.asset not in wanted]
    assert [slot for slot in after if slot.asset not in wanted] == foreign, "others' stay in their order"
    assert sorted(asset for asset in assets_of(after) if asset in wanted) == sorted(wanted), "each once"
    once = owned(applied(GalleryAfter(after)), incoming)
    assert list(arrange(mode, once, incoming, position, keeping=True).after) == once
    if wanted <= here and len(before) == len({medium.asset or medium.id for medium in before}):
        places = [at for at, medium in enumerate(before) if medium.asset in wanted]
        assert [at for at, slot in enumerate(after) if slot.asset in wanted] == places


@given(ADDING, galleries(), selections, positions)
def test_what_is_new_enters_as_by_the_mode_alone(mode, before, incoming, position):
    wanted = {item.asset for item in incoming}
    before = [medium for medium in before if medium.asset not in wanted]
    assert arrange(mode, before, incoming, position, keeping=True) == arrange(mode, before, incoming, position)
