"""The journal's own rules; what it is given is tested with the endpoint."""

import json

from sandbox.journal import Journal
from tests.sandbox.shopify.conftest import HTTP


def record(journal, **more):
    entry = {"at": 1.0, "store": "s", "operation": "fileCreate", "document": None, "variables": {}, "cost": 20}
    journal.record(**entry, user_errors=[], request_id="r", **more)


def test_entries_and_totals_outlive_a_restart_and_numbers_go_on():
    journal = Journal()
    record(journal)
    journal.count("s", requests=1, points=20)
    again = Journal.load(json.loads(json.dumps(journal.dump())))
    assert again.as_json() == journal.as_json()
    record(again)
    assert [entry["seq"] for entry in again.since(0)] == [1, 2]


def test_clearing_forgets_entries_and_totals_but_not_the_numbers(world):
    record(world.journal)
    world.journal.count("s", requests=1)
    assert HTTP.request("DELETE", f"{world.base_url}/journal.json").status == 204
    assert world.journal.as_json() == {"entries": [], "totals": {}}
    record(world.journal)
    assert [entry["seq"] for entry in world.journal.since(0)] == [2]


def test_since_must_be_a_number(world):
    assert HTTP.request("GET", f"{world.base_url}/journal.json?since=x").status == 400
