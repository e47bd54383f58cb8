"""Scripted mishaps: where they apply, how they count, and that a malformed one is refused with a reason."""

import threading

import pytest

from sandbox.faults import Faults, MalformedFault
from tests.sandbox.shopify.conftest import HTTP


def kinds(taken):
    return [fault.kind for fault in taken]


def test_a_fault_is_gone_after_its_times():
    faults = Faults()
    faults.add(service="shopify", kind="reset", times=2)
    assert [kinds(faults.take("shopify")) for _ in range(3)] == [["reset"], ["reset"], []]
    assert faults.as_json() == []


def test_a_fault_without_times_stays_until_cleared():
    faults = Faults()
    faults.add(service="shopify", kind="reset", times=None)
    assert all(kinds(faults.take("shopify")) for _ in range(5))
    faults.clear()
    assert faults.take("shopify") == []


def test_a_fault_lets_the_first_calls_pass():
    faults = Faults()
    faults.add(service="shopify", kind="reset", after=2)
    assert [len(faults.take("shopify")) for _ in range(4)] == [0, 0, 1, 0]


@pytest.mark.parametrize(
    ("fault", "call"),
    [
        ({}, {"service": "delivery"}),
        ({"operation": "fileCreate"}, {"operation": {"fileUpdate"}}),
        ({"operation": "fileCreate"}, {}),
        ({"store": "a.myshopify.com"}, {"store": "b.myshopify.com"}),
        ({"match": "SKU-1"}, {"text": "SKU-2"}),
    ],
)
def test_a_fault_passes_over_calls_it_is_not_meant_for_without_counting_them(fault, call):
    faults = Faults()
    faults.add(service="shopify", kind="reset", after=1, **fault)
    assert faults.take(**{"service": "shopify", **call}) == []
    assert faults.as_json()[0]["after"] == 1


def test_faults_of_one_kind_of_call_happen_one_after_another_and_slowness_with_each():
    faults = Faults()
    faults.add(service="shopify", kind="slow", seconds=1, times=None)
    faults.add(service="shopify", kind="reset")
    faults.add(service="shopify", kind="throttled")
    assert [kinds(faults.take("shopify")) for _ in range(3)] == [["slow", "reset"], ["slow", "throttled"], ["slow"]]


def test_a_fault_acts_on_every_nth_call():
    faults = Faults()
    faults.add(service="shopify", kind="reset", after=1, every=3, times=2)
    assert [len(faults.take("shopify")) for _ in range(9)] == [0, 0, 0, 1, 0, 0, 1, 0, 0]


def test_a_mishap_that_another_one_forestalls_happens_to_the_next_call():
    faults = Faults()
    faults.add(service="shopify", kind="reset", every=2, times=None)
    faults.add(service="shopify", kind="http_502", every=2, times=None)
    assert [kinds(faults.take("shopify")) for _ in range(4)] == [[], ["reset"], ["http_502"], ["reset"]]


def test_a_fault_meets_one_of_several_root_fields():
    faults = Faults()
    faults.add(service="shopify", kind="reset", operation="fileCreate")
    assert kinds(faults.take("shopify", operation={"shop", "fileCreate"})) == ["reset"]


def test_faults_of_media_do_not_meet_requests():
    faults = Faults()
    faults.add(service="shopify", kind="media_fails", match="a.jpg", code="IMAGE_DOWNLOAD_FAILURE")
    assert faults.take("shopify", text="http://x/a.jpg") == []
    assert faults.take_media(store="s", source="http://x/b.jpg") == []
    assert kinds(faults.take_media(store="s", source="http://x/a.jpg")) == ["media_fails"]


def test_many_threads_take_a_fault_exactly_as_often_as_it_says():
    faults, taken = Faults(), []
    faults.add(service="shopify", kind="reset", times=50)
    threads = [
        threading.Thread(target=lambda: [taken.extend(faults.take("shopify")) for _ in range(20)]) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 50


@pytest.mark.parametrize(
    ("fault", "wrong"),
    [
        ({}, "service"),
        ({"service": "amazon", "kind": "reset"}, "service"),
        ({"service": "shopify", "kind": "explode"}, "kind"),
        ({"service": "shopify", "kind": "reset", "times": 0}, "times"),
        ({"service": "shopify", "kind": "reset", "times": "2"}, "times"),
        ({"service": "shopify", "kind": "reset", "after": -1}, "after"),
        ({"service": "shopify", "kind": "reset", "every": 0}, "every"),
        ({"service": "shopify", "kind": "reset", "every": True}, "every"),
        ({"service": "shopify", "kind": "slow"}, "seconds"),
        ({"service": "shopify", "kind": "slow", "seconds": float("inf")}, "seconds"),
        ({"service": "shopify", "kind": ["reset"]}, "kind"),
        ({"service": "cloudinary", "kind": "rows_shuffled"}, "service"),
        ({"service": "shopify", "kind": "stale_reads"}, "seconds"),
        ({"service": "shopify", "kind": "stale_reads", "seconds": 3, "code": "ahead"}, "behind, alternating"),
        ({"service": "shopify", "kind": "refused"}, "code"),
        ({"service": "shopify", "kind": "refused", "code": "file locked"}, "code"),
        ({"service": "shopify", "kind": "pages_of", "code": "0"}, "code"),
        ({"service": "shopify", "kind": "taken_name", "code": "ignored"}, "answered"),
        ({"service": "shopify", "kind": "media_fails", "match": "x"}, "code"),
        ({"service": "shopify", "kind": "media_fails", "match": "x", "code": "TIMEOUT"}, "IMAGE_DOWNLOAD_FAILURE"),
        ({"service": "shopify", "kind": "media_fails", "match": "x", "code": "IMAGE_DOWNLOAD"}, "must match"),
        ({"service": "shopify", "kind": "reset", "operation": 3}, "operation"),
        ({"service": "shopify", "kind": "reset", "tmies": 3}, "tmies"),
        ({"service": "shopify", "kind": "reset", "id": 3}, "id"),
        ({"service": "shopify", "kind": "error_after", "code": "200"}, "error_after"),
    ],
)
def test_a_malformed_fault_is_refused_with_what_is_wrong(world, fault, wrong):
    answer = HTTP.request("POST", f"{world.base_url}/faults", json=fault)
    assert answer.status == 400
    assert wrong in answer.json()["error"]
    with pytest.raises(MalformedFault):
        Faults().add(**fault)


def test_faults_are_listed_and_cleared_over_http(world):
    address = f"{world.base_url}/faults"
    made = HTTP.request("POST", address, json={"service": "delivery", "kind": "http_503", "match": "/res/"}).json()[
        "id"
    ]
    (listed,) = HTTP.request("GET", address).json()
    assert listed == {
        "id": made,
        "service": "delivery",
        "kind": "http_503",
        "operation": None,
        "store": None,
        "match": "/res/",
        "times": 1,
        "after": 0,
        "every": 1,
        "seconds": 0.0,
        "code": "",
    }
    assert HTTP.request("DELETE", address).status == 204
    assert HTTP.request("GET", address).json() == []
    assert HTTP.request("POST", address, body=b"[]", headers={"Content-Type": "application/json"}).status == 400
