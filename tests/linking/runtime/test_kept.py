"""What a process keeps of its reads."""

from linking.runtime.kept import Kept


def test_a_process_keeps_only_what_was_looked_at_last():
    kept = Kept[str](100)
    for name in "abcd":
        kept.put(name, 1, name, 40)
        kept.get("a", 1)
    assert [kept.get(name, 1) for name in "abcd"] == ["a", None, None, "d"]
    kept.put("b", 1, "b", 101)
    assert kept.get("b", 1) is None


def test_what_is_kept_of_another_state_is_none():
    kept = Kept[str](100)
    kept.put("a", 1, "old", 40)
    assert kept.get("a", 2) is None
    kept.put("a", 2, "new", 40)
    assert (kept.get("a", 1), kept.get("a", 2)) == (None, "new")
