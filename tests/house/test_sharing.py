"""Which tests stay together in one process of pytest-xdist (tests/sharing.py)."""

from pathlib import Path

from tests.sharing import BROWSERS, LONGEST, TOGETHER, share_of, turn_of

ROOT = Path(__file__).resolve().parents[2]


def test_what_shares_something_dear_goes_to_one_process_and_else_each_test_goes_its_own_way():
    for room in TOGETHER:
        assert (ROOT / room).is_file()
        assert share_of(f"{room}::test_a") == share_of(f"{room}::test_b[x]") == room
    assert share_of("tests/linking/test_rights.py::test_a") != share_of("tests/linking/test_rights.py::test_b")


def test_browsers_are_as_many_as_do_not_get_in_each_others_way():
    assert len({share_of(f"tests/browser/test_a.py::test_{at}") for at in range(200)}) == BROWSERS


def test_browsers_come_first_the_longest_in_the_first_half_and_rooms_are_spread():
    assert [path for path in LONGEST if not (ROOT / path).exists()] == []
    kinds = [[f"tests/{room}/test_a.py::test_{at}" for at in range(100)] for room in ("browser", "live", "a", "z")]
    browsers, long, *others = kinds
    shorter = sorted(map(turn_of, others[0] + others[1]))
    assert max(map(turn_of, browsers)) < min(shorter)
    assert max(map(turn_of, long)) < shorter[120], "none of them is begun when little is left"
    assert sum(other < max(map(turn_of, long)) for other in shorter) > 80, "others lie between"
    rooms = [f"tests/{room}/test_a.py" for room in "az"]
    found = sorted((f"{room}::test_{at}" for room in rooms for at in range(100)), key=turn_of)
    assert 30 < sum(nodeid.startswith(rooms[0]) for nodeid in found[:100]) < 70


def test_the_scheduler_is_the_one_that_xdist_asks_for(pytestconfig):
    plugin = next(
        one for one in pytestconfig.pluginmanager.get_plugins() if hasattr(one, "pytest_xdist_make_scheduler")
    )
    assert plugin.__name__ == "tests.conftest"
