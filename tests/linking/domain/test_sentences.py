"""What a run will do, does and did, in one sentence: by its sums."""

import pytest

from linking.domain.sentences import Sums, did, of_files, will


@pytest.mark.parametrize(
    ("kind", "sums", "stores", "text", "aside"),
    [
        ("link", Sums(added=317, added_in=70), 2, "Adds 317 pictures to 70 galleries in 2 stores,", "removes none"),
        (
            "link",
            Sums(added=1, added_in=1, replaced=3, replaced_in=2, swatches=1, lost=41, lost_in=12),
            1,
            "Adds 1 picture, replaces 3 with new versions, sets 1 swatch,",
            "removes 41 pictures from 12 galleries",
        ),
        (
            "link",
            Sums(added=322, added_in=72, lost=72, lost_in=28),
            2,
            "Adds 322 pictures,",
            "removes 72 pictures from 28 galleries in 2 stores",
        ),
        ("link", Sums(moved=9, moved_in=5), 1, "Moves 9 pictures in 5 galleries,", "removes none"),
        (
            "undo",
            Sums(added=2, added_in=1, lost=3, lost_in=1),
            1,
            "Puts 2 pictures back,",
            "removes 3 pictures from 1 gallery",
        ),
        ("undo", Sums(added=2, added_in=1), 1, "Puts 2 pictures back into 1 gallery,", "removes none"),
        (
            "undo",
            Sums(replaced=1, replaced_in=1),
            1,
            "Replaces 1 picture with an earlier version in 1 gallery,",
            "removes none",
        ),
        ("unlink", Sums(lost=4, lost_in=2), 2, "", "Removes 4 pictures from 2 galleries in 2 stores"),
        (
            "undo",
            Sums(lost=4, lost_in=2, unset=2),
            1,
            "",
            "Removes 4 pictures from 2 galleries and removes 2 swatches",
        ),
        (
            "link",
            Sums(lost=72, lost_in=28, shown=28, unshown=1),
            1,
            "",
            "Removes 72 pictures from 28 galleries, gives 28 variants another picture and leaves 1 variant without a picture",
        ),
        ("undo", Sums(shown=1), 1, "Gives 1 variant its picture back,", "removes none"),
        ("undo", Sums(unset=2), 1, "Removes 2 swatches,", "removes none"),
        ("link", Sums(), 1, "", ""),
    ],
)
def test_what_it_will_do(kind, sums, stores, text, aside):
    found = will(kind, sums, stores)
    assert (found.text, found.aside, found.takes) == (text, aside, bool(sums.lost))


@pytest.mark.parametrize(
    ("kind", "sums", "text"),
    [
        ("link", Sums(added=317, did_add=309), "Added 309 of 317 pictures."),
        (
            "link",
            Sums(added=2, did_add=2, lost=1, did_lose=1, did_lose_in=1),
            "Added 2 pictures, removed 1 from 1 gallery.",
        ),
        ("undo", Sums(lost=3, did_lose=3, did_lose_in=2), "Removed 3 pictures from 2 galleries."),
        ("undo", Sums(unset=3, did_unset=2), "Removed 2 of 3 swatches."),
        ("link", Sums(shown=28, did_show=26), "Gave 26 of 28 variants another picture."),
        ("link", Sums(moved=2, did_move=1), "Moved 1 of 2 pictures."),
        ("link", Sums(replaced=3, did_replace=2), "Replaced 2 of 3 pictures with new versions."),
        ("link", Sums(), ""),
    ],
)
def test_what_it_did(kind, sums, text):
    assert did(kind, sums) == text


def test_an_upload_counts_files():
    found = of_files({"pending": 6, "unchanged": 39, "skipped": 2}, 1, 2, over=False)
    assert (found.text, found.aside) == (
        "Uploads 6 files to 2 stores, replaces the content of 1,",
        "39 are there already",
    )
    assert of_files({"done": 5, "failed": 1}, 0, 1, over=True).text == "Uploaded 5 of 6 files."


def test_undo_says_that_adoption_ends():
    sums = Sums(lost=2, lost_in=1, released=72, did_release=70)
    said = will("undo", sums, 1)
    assert f"{said.text} {said.aside}" == "Ends the adoption of 72 pictures, removes 2 pictures from 1 gallery"
    alone = Sums(released=1, did_release=1)
    assert will("undo", alone, 1).text == "Ends the adoption of 1 picture,"
    assert did("undo", alone) == "Ended the adoption of 1 picture."
