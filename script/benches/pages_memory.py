"""What a web process has in memory once it has shown selections whose assets have long details: served as in production."""

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import urllib3

from script.benches.pages_browser import serving

SELECTIONS, DETAILS = 5, 55_000  # characters of each asset's details
ROUNDS = 3
TOGETHER = 4  # people who ask at once: as many as a process has threads
# A page, and what follows it while somebody works.
PATHS = ("", "groups/?q=SKU-12", "groups/?state=matched", "actions/", "stores/")


def heavy(chosen: Any) -> list[str]:
    """The paths of new selections of the same assets with much to say of each, matched like it."""
    return [f"/selections/{_copied(chosen).key}/" for _ in range(SELECTIONS)]


def _copied(chosen: Any) -> Any:
    from linking.models import KeyMatch, SelectedAsset, Selection

    copy = Selection.objects.get(pk=chosen.pk)
    stores, matches = list(chosen.stores.all()), list(chosen.matches.all())
    copy.pk, copy.key = None, Selection._meta.get_field("key").get_default()
    copy.save()
    copy.stores.set(stores)
    for row in chosen.assets.iterator(chunk_size=100):
        row.pk, row.selection, row.details = None, copy, _long(row.details)
        row.save()
    for match in matches:
        answers = list(KeyMatch.objects.filter(store_match=match.pk))
        match.pk, match.selection = None, copy
        match.save()
        for answer in answers:
            answer.pk, answer.store_match = None, match
        KeyMatch.objects.bulk_create(answers)
    assert SelectedAsset.objects.filter(selection=copy).count() == chosen.assets.count()
    return copy


def _long(details: dict[str, Any]) -> dict[str, Any]:
    """Fields of five hundred characters, as descriptions are."""
    more = {f"description_{at}": f"{details['public_id']} {at} ".ljust(500, "x") for at in range(DETAILS // 520)}
    return details | {"metadata": details.get("metadata", {}) | more}


def measured(port: int, cookie: tuple[str, str], paths: Sequence[str]) -> dict[str, float]:
    """In MB, of the process that has most: once everybody was answered, and when it had most. Empty where there is no /proc."""
    with serving(port) as web:
        url = f"http://127.0.0.1:{port}"
        with ThreadPoolExecutor(TOGETHER) as people:
            asked = [f"{url}{path}{part}" for _ in range(ROUNDS) for part in PATHS for path in paths]
            for status in people.map(lambda address: _status(address, cookie), asked):
                if status not in (200, 204):
                    raise SystemExit(f"A page of a heavy selection was answered with {status}.")
        known = [_megabytes(pid) for pid in _children(web.pid)]
    return {name: max(one[name] for one in known) for name in known[0]} if known else {}


def _status(address: str, cookie: tuple[str, str]) -> int:
    headers = {"Cookie": "=".join(cookie), "HX-Request": "true"}
    return urllib3.request("GET", address, headers=headers, timeout=60, retries=False).status


def _children(pid: int) -> Iterator[int]:
    for one in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = one.read_text().rpartition(")")[2].split()[1]
        except OSError:  # it has ended
            continue
        if int(parent) == pid:
            yield int(one.parent.name)


def _megabytes(pid: int) -> dict[str, float]:
    """https://man7.org/linux/man-pages/man5/proc_pid_status.5.html"""
    said = Path(f"/proc/{pid}/status").read_text()
    found = {name: re.search(rf"^{field}:\s+(\d+) kB", said, re.MULTILINE) for name, field in FIELDS.items()}
    return {name: int(one[1]) / 1024 for name, one in found.items() if one}


FIELDS = {"MB": "VmRSS", "MB at most": "VmHWM"}
