"""script/bench: what is measured in time is counted in calibrations, and a busy machine is named."""

import os

import pytest
from django.http import HttpResponse

from script import full
from script.benches import history, pages
from script.benches.calibration import Calibrated, Calibration, calibrate
from script.benches.pages_form import OpenForm
from script.benches.pages_measure import Asked, named


def machine(unit: float, usual: float = 1.0) -> Calibration:
    return Calibration(unit / 2, unit / 4, unit / 4, usual)


def view(kind: str = "page", **known: float) -> pages.View:
    measured = {"best": 10.0, "median": 20.0, "p95": 100.0, "queries": 8, "raw": 50.0, "gz": 9.0}
    return pages.View(name="Links", kind=kind, **measured | known)


def test_views_are_measured_by_words_in_their_names():
    views = [Asked(name, "board", lambda: None) for name in ("exclude", "exclude a group", "settings saved")]
    assert named([], views) == views
    assert [view.name for view in named(["saved", "a group"], views)] == ["exclude a group", "settings saved"]


def test_a_form_that_is_open_sends_what_its_parts_show_now_and_takes_each_change_back():
    sent: list[dict] = []

    def post(name: str, version: int, **fields: object) -> HttpResponse:
        sent.append(fields)
        return HttpResponse('<input type="hidden" name="shows" value="mode c">')

    page = '<input type="hidden" name="shows" value="mode a"><input type="hidden" name="shows" value="more b">'
    form = OpenForm(lambda: HttpResponse(page), post, {"link_mode": "append"}, [{"link_mode": "prepend"}])
    form.open()
    for version in (1, 2):
        form.change(version)
    assert [one["shows"] for one in sent] == [["mode a", "more b"], ["mode c", "more b"]]
    assert [one["link_mode"] for one in sent] == ["prepend", "append"]


def test_a_calibration_asks_nothing_of_the_app_and_takes_time():
    found = calibrate()
    assert min(found.render, found.query, found.json) > 0
    assert found.usual >= 1


def test_a_slower_machine_is_allowed_more_milliseconds():
    slow, quick = machine(9.0), machine(4.5)
    late = view(p95=pages.PAGE * 9.0 - 1)
    assert late.trouble(slow) == ""
    assert "x of 45" in late.trouble(quick)


def test_a_fragment_is_allowed_less_than_a_page_and_what_stands_beside_is_not_judged():
    took = pages.FRAGMENT * 4.5 + 1
    assert view(p95=took).trouble(machine(4.5)) == ""
    assert view("fragment", p95=took).trouble(machine(4.5))
    assert view("alternative", p95=10_000).trouble(machine(4.5)) == ""


def test_queries_and_bytes_do_not_depend_on_the_machine():
    assert "13 queries of 12" in view(queries=13).trouble(machine(1000))
    assert "151 KiB of 150" in view(raw=151.0).trouble(machine(1000))
    assert "101 KiB of 100" in view("first", raw=101.0).trouble(machine(1000))


def test_what_a_browser_took_is_counted_too():
    found = {"link": {"LCP": 2000.0, "CLS": 0.01, "INP": 16.0}}
    assert pages.browser_troubles(found, machine(9.0)) == []
    [missed] = pages.browser_troubles(found, machine(4.5))
    assert missed.startswith("MISSED LCP on link: 444.4 x of 335")
    assert pages.browser_troubles({"link": {"CLS": 0.1}}, machine(4.5))


def test_a_table_that_is_read_from_end_to_end_is_missed_however_quick_it_was():
    def asked(**known):
        return history.Asked(
            **{"name": "Links", "took": [1.0], "allowed": 45.0, "queries": 3, "kib": 1.0, "whole": []} | known
        )

    assert asked().trouble(machine(4.5)) == ""
    assert "link read from end to end" in asked(whole=["link"]).trouble(machine(4.5))
    assert asked(took=[1.0, 45 * 4.5 + 1]).trouble(machine(4.5)) == "  MISSED"


@pytest.mark.parametrize(
    ("before", "after", "is_busy"),
    [
        (machine(4.5), machine(4.6), False),
        (machine(4.5), machine(6.0), True),
        (machine(6.0), machine(4.5), True),
        (machine(4.5), machine(4.5, usual=2.0), True),
    ],
)
def test_a_busy_machine_is_named(before, after, is_busy):
    run = Calibrated(before, after)
    assert any("The machine was busy" in line for line in run.lines) is is_busy
    assert run.lines[0].startswith("1 calibration (x) = 4.5 ms")


def test_the_run_counts_in_the_calibration_that_was_disturbed_less():
    slow = machine(1000.0)
    run = Calibrated(slow)
    assert run.end() == run.after
    assert Calibrated(machine(0.001)).end().unit == pytest.approx(0.001)


def test_what_a_full_run_keeps_of_a_bench_is_its_figures():
    said = ["12 of 12 videos in 9.1 s", *Calibrated(machine(4.5), machine(9.0, usual=9.0)).lines]
    kept = full.played("video", ["-c", f"print(*{said!r}, sep=chr(10))"], os.environ)
    assert (kept.code, kept.last) == (0, said[0])
