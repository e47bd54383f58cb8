"""What a run's page says at its end: each sentence by the counts that it has to agree with."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain.results import NEED_YOU
from linking.domain.verdicts import OF_LINES, Ended, heading, verdict

OFFERED = {"retry": True, "undo": True}
LOOKS = "Shopify has not confirmed everything: “Retry failed” looks, and does only what is missing."


def said(kind: str, lines: dict, products: dict, **known) -> tuple[str, str]:
    found = verdict(Ended(kind, lines, products, **known))
    return found.tone, f"{found.title} {found.text}".strip()


@pytest.mark.parametrize(
    ("lines", "products", "known", "tone", "words"),
    [
        ({"done": 4}, {"done": 2}, {}, "good", "Done. 2 galleries are as planned."),
        (
            {"done": 1, "unchanged": 3, "skipped": 2},
            {"done": 1, "unchanged": 1},
            {},
            "good",
            "Done. 1 gallery is as planned. 1 gallery is unchanged.",
        ),
        (
            {"skipped": 2},
            {"unchanged": 2},
            {},
            "warn",
            "AssetLink linked nothing.",
        ),
        (
            {"unchanged": 3},
            {"unchanged": 1},
            {},
            "good",
            "Everything was already as planned: AssetLink wrote nothing.",
        ),
        (
            {"skipped": 1},
            {},
            {},
            "warn",
            "AssetLink linked nothing. No asset found its product.",
        ),
        (
            {"done": 3, "failed": 1},
            {"done": 2, "failed": 1},
            OFFERED,
            "warn",
            "Done in part. 2 of 3 galleries are done. 1 gallery needs your attention.",
        ),
        (
            {"failed": 2, "unchanged": 4},
            {"failed": 1, "unchanged": 1},
            OFFERED,
            "bad",
            "AssetLink linked nothing. 1 of 2 galleries is done. 1 gallery needs your attention.",
        ),
        (
            {"done": 1, "refused": 2},
            {"done": 1, "refused": 1},
            {},
            "warn",
            "Done in part. 1 of 2 galleries is done. 1 gallery needs your attention.",
        ),
        (
            {"done": 2},
            {"partial": 1},
            OFFERED,
            "warn",
            "Done in part. The gallery is not done.",
        ),
        (
            {"done": 93, "unknown": 4},
            {"done": 26, "partial": 1},
            OFFERED,
            "warn",
            f"Done, but not all is confirmed. 26 of 27 galleries are done. 1 gallery needs your attention. {LOOKS}",
        ),
        (
            {"unknown": 4},
            {"partial": 1},
            {},
            "warn",
            "Not confirmed yet. The gallery is not done. Shopify has not confirmed everything; the next run looks.",
        ),
        (
            {"done": 1, "failed": 1, "unknown": 1},
            {"partial": 1},
            OFFERED,
            "warn",
            f"Done in part. The gallery is not done. {LOOKS}",
        ),
        (
            {"failed": 1, "unknown": 1},
            {"partial": 1},
            OFFERED,
            "warn",
            f"Not confirmed yet. The gallery is not done. {LOOKS}",
        ),
        (
            {"done": 93, "aborted": 1207},
            {"partial": 27, "aborted": 223},
            OFFERED | {"aborted": "North"},
            "warn",
            "Aborted. None of 250 galleries is done. What is done stays. "
            "“Retry failed” does the rest, “Undo” takes back what was done.",
        ),
        (
            {"aborted": 2},
            {"aborted": 1},
            {"retry": True, "aborted": "North"},
            "warn",
            "Aborted. The gallery is not done. “Retry failed” does the rest.",
        ),
        (
            {"unknown": 1, "aborted": 1},
            {"partial": 1},
            OFFERED | {"aborted": "North"},
            "warn",
            f"Aborted. The gallery is not done. “Retry failed” does the rest, “Undo” takes back what was done. {LOOKS}",
        ),
        ({}, {}, {"aborted": "North"}, "warn", "Aborted. No gallery was started."),
        (
            {"failed": 5},
            {},
            {"retry": True, "stopped": "North, South"},
            "bad",
            "Stopped. North, South had to stop; the reason is below. No gallery was started. "
            "What is done stays; then “Retry failed” does the rest.",
        ),
        (
            {"done": 3, "failed": 5},
            {"done": 1, "failed": 2},
            {"retry": True, "stopped": "North"},
            "bad",
            "Done in part. North had to stop; the reason is below. 1 of 3 galleries is done. 2 galleries need your attention. "
            "What is done stays; then “Retry failed” does the rest.",
        ),
    ],
)
def test_a_run_that_links_says_what_its_lines_and_products_say(lines, products, known, tone, words):
    assert said("link", lines, products, **known) == (tone, words)


@pytest.mark.parametrize(
    ("lines", "known", "tone", "words"),
    [
        (
            {"done": 3, "unchanged": 2},
            {},
            "good",
            "Done. 3 files are as planned. 2 were there already. "
            "Uploaded files stay: AssetLink deletes nothing in Shopify.",
        ),
        ({"unchanged": 2}, {}, "good", "Every file was there already: AssetLink wrote nothing."),
        ({"skipped": 2}, {}, "warn", "AssetLink uploaded nothing. 2 assets were not uploaded; the reasons are below."),
        (
            {"done": 1, "failed": 1},
            {"retry": True},
            "warn",
            "Done in part. Files: 1 done, 1 failed. “Retry failed” uploads these files again, and no others.",
        ),
        ({"failed": 2}, {}, "bad", "AssetLink uploaded nothing. Files: 2 failed."),
        (
            {"done": 1, "unknown": 1},
            {"retry": True},
            "warn",
            f"Done, but not all is confirmed. Files: 1 done, 1 unconfirmed. {LOOKS}",
        ),
        (
            {"done": 1, "aborted": 1},
            {"retry": True, "aborted": "North"},
            "warn",
            "Aborted. Files: 1 done, 1 aborted. Uploaded files stay: AssetLink deletes nothing in Shopify. "
            "“Retry failed” does the rest.",
        ),
    ],
)
def test_an_upload_says_it_of_files(lines, known, tone, words):
    assert said("upload", lines, {}, **known) == (tone, words)


@pytest.mark.parametrize(
    ("kind", "lines", "products", "known", "title"),
    [
        ("undo", {"done": 2}, {"done": 1}, {}, "Undone"),
        ("undo", {"unchanged": 2}, {"unchanged": 1}, {}, "Undone"),
        ("undo", {"done": 2, "failed": 1}, {"partial": 1}, {}, "Undone in part"),
        ("undo", {"done": 2, "aborted": 1}, {"partial": 1}, {"aborted": "North"}, "Undone in part"),
        ("undo", {"unknown": 2}, {"partial": 1}, {}, "Undo: not confirmed"),
        ("undo", {}, {"refused": 1}, {}, "Not undone"),
        ("undo", {"aborted": 2}, {"aborted": 1}, {"aborted": "North"}, "Not undone"),
        ("unlink", {"done": 1}, {"done": 1}, {}, "Unlinked"),
        ("unlink", {"skipped": 1}, {}, {}, "Not unlinked"),
        ("upload", {"unchanged": 1}, {}, {}, "Uploaded"),
        ("upload", {"done": 1, "unknown": 1}, {}, {}, "Uploaded in part"),
        ("upload", {"failed": 1}, {}, {}, "Not uploaded"),
        ("link", {"failed": 1}, {"failed": 1}, {}, "Nothing linked"),
        ("link", {"done": 1}, {"done": 1}, {}, "Done"),
        ("link", {"done": 1, "failed": 1}, {"partial": 1}, {}, "Done in part"),
        ("link", {"done": 1, "aborted": 1}, {"partial": 1}, {"aborted": "North"}, "Aborted"),
        ("link", {}, {}, {"stopped": "North"}, "Stopped"),
    ],
)
def test_the_page_is_called_by_what_was_done(kind, lines, products, known, title):
    assert heading(Ended(kind, lines, products, **known)) == title


def sums(products: dict[str, int]) -> list[int]:
    """Of galleries: all, those as planned, those that need somebody, and those that are one or the other."""
    done, unchanged = products["done"], products["unchanged"]
    need = sum(products[name] for name in NEED_YOU)
    return [done, unchanged, done + unchanged, need, done + unchanged + need]


COUNTS = st.integers(0, 2_000)
LINES = st.fixed_dictionaries(dict.fromkeys((*OF_LINES, "unchanged", "skipped"), COUNTS))
PRODUCTS = st.fixed_dictionaries(dict.fromkeys((*NEED_YOU, "done", "unchanged"), COUNTS))
KINDS = st.sampled_from(["link", "unlink", "undo", "upload"])
STORES = st.sampled_from(["", "North"])


@given(KINDS, LINES, PRODUCTS, STORES, STORES, st.booleans(), st.booleans())
def test_no_number_is_said_but_those_that_are_counted_and_good_news_only_of_runs_without_trouble(
    kind, lines, products, aborted, stopped, retry, undo
):
    run = Ended(kind, lines, {} if kind == "upload" else products, aborted, stopped, retry, undo)
    found = verdict(run)
    numbers = {int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*\d|\d", found.text)}
    counted = {*lines.values()} if kind == "upload" else {*sums(run.products)}
    assert numbers <= counted
    assert found.tone != "good" or not run.troubled
    if run.troubled and kind == "upload":
        assert all(f"{n:,} " in found.text for name, n in lines.items() if name in OF_LINES and n)
    if run.troubled and sum(run.products.values()) > 1:
        assert f"{sum(run.products.values()):,} galler" in found.text
    if run.troubled:
        assert found.title not in ("Done.", "Everything was already as planned: AssetLink wrote nothing.")
    assert ("Retry failed" in found.text) <= retry
    assert ("Undo " in found.text) <= undo
