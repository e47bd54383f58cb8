"""What a run's page says at its end: each sentence by the counts that it has to agree with."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain.verdicts import OF_LINES, OF_PRODUCTS, Ended, heading, verdict

OFFERED = {"retry": True, "undo": True}
AGAIN = "The reasons are below. Retry failed plans these galleries again, and no others."
LOOKS = "What is unconfirmed may have been made: Retry failed looks, and does only what is missing."


def said(kind: str, lines: dict, products: dict, **known) -> tuple[str, str]:
    found = verdict(Ended(kind, lines, products, **known))
    return found.tone, f"{found.title} {found.text}".strip()


@pytest.mark.parametrize(
    ("lines", "products", "known", "tone", "words"),
    [
        ({"done": 4}, {"done": 2}, {}, "good", "Done. 2 galleries as planned."),
        (
            {"done": 1, "unchanged": 3, "skipped": 2},
            {"done": 1, "unchanged": 1},
            {},
            "good",
            "Done. 1 gallery as planned, 1 unchanged. 2 left out, each with its reason below.",
        ),
        (
            {"skipped": 2},
            {"unchanged": 2},
            {},
            "warn",
            "Nothing was linked. 2 left out, each with its reason below.",
        ),
        (
            {"unchanged": 3},
            {"unchanged": 1},
            {},
            "good",
            "Everything was already as planned: nothing was written.",
        ),
        (
            {"skipped": 1},
            {},
            {},
            "warn",
            "Nothing was linked. No asset found its product. 1 left out, each with its reason below.",
        ),
        (
            {"done": 3, "failed": 1},
            {"done": 2, "failed": 1},
            OFFERED,
            "warn",
            f"Done in part. 2 galleries done, 1 failed (3 changes done, 1 failed). {AGAIN}",
        ),
        (
            {"failed": 2, "unchanged": 4},
            {"failed": 1, "unchanged": 1},
            OFFERED,
            "bad",
            f"Nothing was linked. 1 gallery failed (2 changes failed). {AGAIN}",
        ),
        (
            {"done": 1, "refused": 2},
            {"done": 1, "refused": 1},
            {},
            "warn",
            "Done in part. 1 gallery done, 1 refused (1 change done, 2 refused). The reasons are below.",
        ),
        (
            {"done": 2},
            {"partial": 1},
            OFFERED,
            "warn",
            f"Done in part. 1 gallery done in part (2 changes done). {AGAIN}",
        ),
        (
            {"done": 93, "unknown": 4},
            {"done": 26, "partial": 1},
            OFFERED,
            "warn",
            "Done, but not all is confirmed. 26 galleries done, 1 done in part (93 changes done, 4 unconfirmed). "
            + LOOKS,
        ),
        (
            {"unknown": 4},
            {"partial": 1},
            {},
            "warn",
            "Not confirmed yet. 1 gallery done in part (4 changes unconfirmed). "
            "What is unconfirmed may have been made; the next run looks.",
        ),
        (
            {"done": 1, "failed": 1, "unknown": 1},
            {"partial": 1},
            OFFERED,
            "warn",
            f"Done in part. 1 gallery done in part (1 change done, 1 failed, 1 unconfirmed). {AGAIN} {LOOKS}",
        ),
        (
            {"failed": 1, "unknown": 1},
            {"partial": 1},
            OFFERED,
            "warn",
            f"Not confirmed yet. 1 gallery done in part (1 change failed, 1 unconfirmed). {AGAIN} {LOOKS}",
        ),
        (
            {"done": 93, "aborted": 1207},
            {"partial": 27, "aborted": 223},
            OFFERED | {"aborted": "North"},
            "warn",
            "Aborted. 27 galleries done in part, 223 aborted (93 changes done, 1,207 aborted). What is done stays. "
            "Retry failed does the rest, Undo takes back what was done.",
        ),
        (
            {"aborted": 2},
            {"aborted": 1},
            {"retry": True, "aborted": "North"},
            "warn",
            "Aborted. 1 gallery aborted (2 changes aborted). Retry failed does the rest.",
        ),
        (
            {"unknown": 1, "aborted": 1},
            {"partial": 1},
            OFFERED | {"aborted": "North"},
            "warn",
            "Aborted. 1 gallery done in part (1 change unconfirmed, 1 aborted). "
            f"Retry failed does the rest, Undo takes back what was done. {LOOKS}",
        ),
        ({}, {}, {"aborted": "North"}, "warn", "Aborted. Nothing was begun."),
        (
            {"failed": 5},
            {},
            {"retry": True, "stopped": "North, South"},
            "bad",
            "Stopped. North, South had to stop; the reason is below. 5 changes failed. "
            "What is done stays; then Retry failed does the rest.",
        ),
        (
            {"done": 3, "failed": 5},
            {"done": 1, "failed": 2},
            {"retry": True, "stopped": "North"},
            "bad",
            "Done in part. North had to stop; the reason is below. 1 gallery done, 2 failed (3 changes done, 5 failed). "
            "What is done stays; then Retry failed does the rest.",
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
            "Done. 3 files as planned, 2 were there already. "
            "What is uploaded stays: AssetLink deletes nothing in Shopify.",
        ),
        ({"unchanged": 2}, {}, "good", "Everything was there already: nothing was written."),
        ({"skipped": 2}, {}, "warn", "Nothing was uploaded. 2 left out, each with its reason below."),
        (
            {"done": 1, "failed": 1},
            {"retry": True},
            "warn",
            "Done in part. 1 file done, 1 failed. The reasons are below. "
            "Retry failed brings these files again, and no others.",
        ),
        ({"failed": 2}, {}, "bad", "Nothing was uploaded. 2 files failed. The reasons are below."),
        (
            {"done": 1, "unknown": 1},
            {"retry": True},
            "warn",
            f"Done, but not all is confirmed. 1 file done, 1 unconfirmed. {LOOKS}",
        ),
        (
            {"done": 1, "aborted": 1},
            {"retry": True, "aborted": "North"},
            "warn",
            "Aborted. 1 file done, 1 aborted. What is uploaded stays: AssetLink deletes nothing in Shopify. "
            "Retry failed does the rest.",
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
        ("link", {"failed": 1}, {"failed": 1}, {}, "Result"),
    ],
)
def test_the_page_is_called_by_what_was_done(kind, lines, products, known, title):
    assert heading(Ended(kind, lines, products, **known)) == title


COUNTS = st.integers(0, 2_000)
LINES = st.fixed_dictionaries(dict.fromkeys((*OF_LINES, "unchanged", "skipped"), COUNTS))
PRODUCTS = st.fixed_dictionaries(dict.fromkeys((*OF_PRODUCTS, "unchanged"), COUNTS))
KINDS = st.sampled_from(["link", "unlink", "undo", "upload"])
STORES = st.sampled_from(["", "North"])


@given(KINDS, LINES, PRODUCTS, STORES, STORES, st.booleans(), st.booleans())
def test_no_number_is_said_but_those_that_are_counted_and_good_news_only_of_runs_without_trouble(
    kind, lines, products, aborted, stopped, retry, undo
):
    run = Ended(kind, lines, {} if kind == "upload" else products, aborted, stopped, retry, undo)
    found = verdict(run)
    numbers = {int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*\d|\d", found.text)}
    assert numbers <= {*lines.values(), *run.products.values()}
    assert found.tone != "good" or not run.troubled
    if run.troubled:
        assert all(f"{n:,} " in found.text for name, n in lines.items() if name in OF_LINES and n)
        assert found.title not in ("Done.", "Everything was already as planned: nothing was written.")
    assert ("Retry failed" in found.text) <= retry
    assert ("Undo " in found.text) <= undo
