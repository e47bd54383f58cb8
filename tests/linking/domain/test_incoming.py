"""Files that people bring in: what each is called, and what becomes of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain.incoming import LONGEST_ID, File, Known, Standing, folder_of, public_id_of, verdicts


@pytest.mark.parametrize(
    ("path", "folder", "public_id"),
    [
        ("A-1_1.jpg", "", "A-1_1"),
        ("shoes/A-1_1.jpg", "spring", "spring/shoes/A-1_1"),
        ("100% wool?.png", "", "100- wool-"),
        ("../../etc/passwd.png", "", "etc/passwd"),
        (" a / b .jpg", "/", "a/b"),
        ("...jpg", "", ""),
        ("photo ..jpg", ". ?", "-/photo"),
        ("x" * 300 + ".jpg", "", ""),
    ],
)
def test_a_file_is_called_by_its_path(path, folder, public_id):
    assert public_id_of(path, folder) == public_id


def test_folders_are_kept_below_the_chosen_one():
    assert folder_of("shoes/red/a.jpg", "spring") == "spring/shoes/red"
    assert folder_of("a.jpg") == ""


@given(st.text(max_size=400), st.text(max_size=100))
def test_whatever_a_file_is_called_its_public_id_is_one(path, folder):
    found = public_id_of(path, folder)
    assert len(found) <= LONGEST_ID
    assert not set(found) & set("?&#%<>\\")
    assert found == "" or not {"", ".", ".."} & set(found.split("/"))
    assert all(part == part.strip() for part in found.split("/"))


def judged(*files: File, same=(), taken=(), folder="", preferred=()) -> list[tuple[str, str]]:
    found = verdicts(
        files,
        folder=folder,
        same={one.md5: one for one in same},
        taken={(one.kind, one.public_id): one for one in taken},
        preferred=preferred,
    )
    return [(verdict.standing.value, verdict.of) for verdict in found]


A, B = "a" * 32, "b" * 32


def test_each_file_has_a_verdict_and_the_first_of_several_comes():
    there = Known("id", "old/front", "image", 5, A)
    assert judged(
        File("new.jpg", 5, B),
        File("again.jpg", 5, B),
        File("old.jpg", 5, A),
        File("notes.txt", 5),
        File("empty.png", 0),
        File("x/new.png", 5, "c" * 32),
        File("x/new.jpg", 5, "d" * 32),
        same=[there],
    ) == [
        ("new", ""),
        ("twice", "new.jpg"),
        ("there", ""),
        ("unsupported", ""),
        ("empty", ""),
        ("new", ""),
        ("taken", "x/new.png"),
    ]


def test_of_equal_files_the_one_whose_name_says_more_comes():
    files = File("copy.jpg", 5, B), File("x/A-1_1.jpg", 5, B), File("z.jpg", 5, A)
    assert judged(*files, preferred={"x/A-1_1.jpg"}) == [("twice", "x/A-1_1.jpg"), ("new", ""), ("new", "")]


def test_a_public_id_of_another_asset_is_taken_of_its_kind_only():
    other = Known("id", "front", "image", 9, A)
    assert judged(File("front.jpg", 5, B), File("front.mp4", 5, "c" * 32), taken=[other]) == [
        ("taken", ""),
        ("new", ""),
    ]


def test_what_has_its_name_and_its_bytes_is_the_file_itself():
    assert judged(File("front.jpg", 5, A), taken=[Known("id", "front", "image", 5, A)]) == [("there", "")]


@given(st.lists(st.builds(File, st.text(max_size=30), st.integers(-1, 9), st.sampled_from(["", A, B]))))
def test_no_two_files_become_one_asset(files):
    found = verdicts(files, folder="f", same={}, taken={})
    assert len(found) == len(files)
    new = [
        (file.kind, verdict.public_id)
        for file, verdict in zip(files, found, strict=True)
        if verdict.standing is Standing.NEW
    ]
    assert len(set(new)) == len(new)
