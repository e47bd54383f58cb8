"""Pictures of variants: nobody loses one unnamed, and the way back is exact."""

from hypothesis import given
from hypothesis import strategies as st

from linking.domain.variants import Picture, PictureChange, changes_in_words, picture_changes, pictures_back, still_true

media = st.sampled_from(["m1", "m2", "m3", "m4"])
variants = st.dictionaries(st.sampled_from(["v1", "v2", "v3", "v4"]), st.none() | media)
leavings = st.sets(media)
pictures = st.builds(Picture, medium=media) | st.builds(Picture, file=st.sampled_from(["f1", "f2"]))


def after(shown, changes) -> dict:
    """What variants show when the changes are made; files stand for themselves."""
    made = {change.variant: change.after and (change.after.medium or change.after.file) for change in changes}
    return shown | made


@given(variants, leavings)
def test_exactly_the_variants_whose_picture_leaves_lose_it(shown, leaving):
    changes = picture_changes(shown, leaving, {}, {})
    assert [change.variant for change in changes] == [id for id, medium in shown.items() if medium in leaving]
    assert all(change.after is None and change.before == shown[change.variant] for change in changes)


@given(variants, leavings, st.dictionaries(media, st.none() | pictures))
def test_what_comes_instead_of_a_picture_is_what_its_variants_show(shown, leaving, instead):
    changes = {change.variant: change.after for change in picture_changes(shown, leaving, instead, {})}
    for variant, medium in shown.items():
        if medium in leaving and instead.get(medium) != Picture(medium=medium):
            assert changes[variant] == instead.get(medium)
        else:
            assert variant not in changes


@given(variants, leavings, st.dictionaries(st.sampled_from(["v1", "v2", "v9"]), st.none() | pictures))
def test_a_wish_goes_before_everything_and_one_that_is_so_already_is_no_change(shown, leaving, wished):
    changes = {change.variant: change.after for change in picture_changes(shown, leaving, {}, wished)}
    for variant in wished.keys() & shown.keys():
        current = Picture(medium=shown[variant]) if shown[variant] else None
        assert changes.get(variant, current) == wished[variant]
        assert (variant in changes) == (wished[variant] != current)
    assert changes.keys() <= shown.keys()


@given(variants, leavings, st.dictionaries(st.sampled_from(["v1", "v2"]), st.none() | pictures))
def test_the_way_back_shows_every_variant_what_it_showed(shown, leaving, wished):
    changes = picture_changes(shown, leaving, {}, wished)
    now = after(shown, changes)
    back = dict(pictures_back([(c.variant, c.before, now[c.variant]) for c in changes], now))
    assert now | back == shown


@given(variants, leavings, st.sampled_from(["v1", "v2", "v3", "v4"]))
def test_a_variant_that_somebody_gave_another_picture_keeps_it(shown, leaving, theirs):
    changes = picture_changes(shown, leaving, {}, {})
    now = after(shown, changes) | {theirs: "by hand"}
    back = dict(pictures_back([(c.variant, c.before, None) for c in changes], now))
    assert theirs not in back


@given(variants, leavings)
def test_a_plan_is_true_of_what_it_was_made_from(shown, leaving):
    planned = {change.variant: change.before for change in picture_changes(shown, leaving, {}, {})}
    assert still_true(planned, shown, leaving)


@given(variants, leavings, variants)
def test_a_plan_is_untrue_as_soon_as_it_would_name_other_variants(shown, leaving, later):
    planned = {change.variant: change.before for change in picture_changes(shown, leaving, {}, {})}
    same = picture_changes(later, leaving, {}, {}) == [
        PictureChange(id, planned[id], None) for id in later if id in planned
    ]
    assert still_true(planned, later, leaving) == same


def test_a_picture_is_reported_with_every_variant_that_gets_or_loses_it():
    changes = [
        {"title": "Red", "before": "m1", "after": None},
        {"title": "Blue", "before": "m1", "after": {"file": "f1"}},
        {"title": "Default Title", "before": None, "after": {"medium": "m2"}},
    ]
    assert changes_in_words(changes, "m1", "") == "No longer the picture of Red, Blue."
    assert changes_in_words(changes, "m1", "f1") == "Picture of Blue. No longer the picture of Red."
    assert changes_in_words(changes, "m2", "") == "Picture of the only variant."
    assert changes_in_words(changes, "", "") == changes_in_words(changes, "m3", "") == ""
