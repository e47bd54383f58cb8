"""Scripted behaviours of fileCreate: rows in another order, one bad row for all, and what becomes of a taken name."""

import pytest


def row(source, **more):
    return {"originalSource": source, **more}


def names(shop, answer):
    return [shop.files[file["id"]].filename for file in answer["files"]]


def codes(answer):
    return [error["code"] for error in answer["userErrors"]]


@pytest.fixture
def again(client, sources):
    """Creates a.jpg once more, and returns the answer; the file that has the name is READY."""
    client.ready(row(f"{sources}/a.jpg"))
    return lambda *others: client.create(row(f"{sources}/a.jpg", duplicateResolutionMode="RAISE_ERROR"), *others)


def test_files_come_in_another_order_than_their_rows(client, shop, sources):
    client.script("rows_shuffled")
    rows = [row(f"{sources}/{name}.jpg", alt=name) for name in "abc"]
    answer = client.create(*rows)
    assert names(shop, answer) == ["c.jpg", "b.jpg", "a.jpg"]
    assert [shop.files[file["id"]].alt for file in answer["files"]] == ["c", "b", "a"]
    client.clear()
    assert names(shop, client.create(*(row(f"{sources}/{name}.jpg") for name in "de"))) == ["d.jpg", "e.jpg"]


def test_shuffling_counts_only_answers_that_can_be_shuffled(client, shop, sources):
    client.script("rows_shuffled", times=1)
    client.create(row(f"{sources}/a.jpg"))
    assert names(shop, client.create(*(row(f"{sources}/{name}.jpg") for name in "bc"))) == ["c.jpg", "b.jpg"]
    assert client.scripted() == []


def test_one_bad_row_refuses_the_whole_call(client, shop, sources):
    client.script("bad_row_refuses_all", times=1)
    good, bad = row(f"{sources}/a.jpg"), row("nonsense")
    assert client.create(row(f"{sources}/b.jpg"))["userErrors"] == []
    answer = client.create(good, bad)
    assert (answer["files"], [error["field"][1] for error in answer["userErrors"]]) == ([], ["1"])
    assert len(shop.files) == 1
    assert len(client.create(good, bad)["files"]) == 1


def test_a_taken_name_is_refused_with_its_row(client, world, again):
    world.settings.duplicate_name = "later"
    client.script("taken_name", code="refused")
    answer = again()
    assert (answer["files"], answer["userErrors"][0]["field"]) == ([], ["files", "0", "filename"])
    client.clear()
    assert codes(again()) == []


def test_a_taken_name_refuses_the_whole_call(client, shop, sources, again):
    client.script("taken_name", code="whole_call")
    answer = again(row(f"{sources}/b.jpg"))
    assert (answer["files"], codes(answer)) == ([], ["FILENAME_ALREADY_EXISTS"])
    assert answer["userErrors"][0]["field"] == ["files"]
    assert len(shop.files) == 1


def test_a_name_that_two_rows_want_is_taken_for_the_second(client, shop, sources):
    client.script("taken_name", code="whole_call")
    twice = [row(f"{sources}/a.jpg", duplicateResolutionMode="RAISE_ERROR")] * 2
    assert codes(client.create(*twice)) == ["FILENAME_ALREADY_EXISTS"]
    assert shop.files == {}


def test_a_taken_name_fails_later(client, shop, again):
    client.script("taken_name", code="later")
    (file,) = again()["files"]
    assert client.settled([file["id"]]) == ["FAILED"]
    assert shop.files[file["id"]].problem["code"] == "DUPLICATE_FILENAME_ERROR"


def test_a_taken_name_gets_a_uuid(client, shop, again):
    client.script("taken_name", code="appended")
    answer = again()
    assert codes(answer) == []
    assert names(shop, answer)[0].startswith("a_")


def test_a_taken_name_is_answered_by_the_file_that_has_it(client, shop, sources, again):
    client.script("taken_name", code="answered")
    answer = again(row(f"{sources}/b.jpg"))
    assert names(shop, answer) == ["a.jpg", "b.jpg"]
    assert [file["fileStatus"] for file in answer["files"]] == ["READY", "UPLOADED"]
    assert len(shop.files) == 2


def test_a_taken_name_is_chosen_by_match_and_counted_when_it_is_met(client, shop, sources, again):
    client.script("taken_name", code="appended", match="b.jpg", times=1)
    assert codes(again()) == ["FILENAME_ALREADY_EXISTS"]
    taken = row(f"{sources}/b.jpg", duplicateResolutionMode="RAISE_ERROR")
    client.create(taken)
    assert client.scripted() == ["taken_name"]
    assert codes(client.create(taken)) == []
    assert client.scripted() == []
    assert codes(client.create(taken)) == ["FILENAME_ALREADY_EXISTS"]


def test_only_raise_error_asks_what_a_taken_name_means(client, shop, sources, again):
    client.script("taken_name", code="refused")
    assert codes(client.create(row(f"{sources}/a.jpg"))) == []
