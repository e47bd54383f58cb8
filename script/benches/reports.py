"""A report of very many rows in a real worker: seconds, peak memory, size; beside other ways to write the same rows.

For `script/bench reports`. Every measurement is a job of its own in a forked child of `manage.py rqworker`, so that its
peak is that job's and nobody else's.
"""

import csv
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

from script.benches.calibration import Calibrated
from script.own_database import prepare
from script.terminal import say

MB = 1024**2
RESULTS = "BENCH_RESULTS"  # the folder that the jobs leave their figures in
BARS = {"times": 13_400.0, "bytes": 150 * MB}  # in calibrations: a minute on a machine that takes 4.5 ms for one
PER_PRODUCT = 5
OURS = ("csv", "xlsx", "jsonl")
# What stands beside ours: the usual loop over model rows, another library, and the same workbook kept in memory.
# openpyxl is there for the tests; without it the bench leaves it out.
RIVALS = ("csv, plain", "xlsx, XlsxWriter in memory") + (
    ("xlsx, openpyxl write-only",) if find_spec("openpyxl") else ()
)
BESIDE = {"csv": RIVALS[:1], "xlsx": RIVALS[1:], "jsonl": ()}


def reports(rows: int, run: Calibrated) -> int:
    """The exit code: 1 if a bar is missed or a report is not whole."""
    with tempfile.TemporaryDirectory(prefix="assetlink-bench-reports-") as kept:
        folder = Path(kept)
        prepare(folder)
        say(f"A run with {rows:,} rows is put together ...")
        build(rows)
        found = measure(folder, rows)
    machine = run.end()
    for row in found.values():
        row["times"] = machine.times(1000 * row["seconds"])
    printed(found, rows)
    held = all(
        found[name][bar] <= most for name in OURS for bar, most in (("times", BARS["times"]), ("peak", BARS["bytes"]))
    )
    say("", f"{'held' if held else 'MISSED'}: {rows:,} rows within {BARS['times']:,.0f} x and {BARS['bytes'] // MB} MB")
    return 0 if held else 1


def build(rows: int) -> None:
    """An applied run: five pictures for each product, every tenth asset without one, long galleries before and after."""
    from django.utils import timezone

    from linking.models import ChangeRow, ProductSync, StoreFile, StoreSync, Sync
    from setup.models import Environment, Member, Store

    environment = Environment.objects.create(cloud_name="bench", api_key="k", api_secret="s", launch_secret="l")
    member = Member.objects.create(environment=environment, external_id="bench", name="Bench")
    # Nobody answers there: the products without assets get a note, as they would from a store that is away.
    store = Store.objects.create(environment=environment, domain="bench.myshopify.com", api_base="http://127.0.0.1:1")
    sync = Sync.objects.create(environment=environment, member=member, token="bench", link_mode="append")
    now = timezone.now()
    part = StoreSync.objects.create(sync=sync, store=store, state="done", started=now, finished=now)
    gallery = [{"id": f"gid://shopify/MediaImage/{at}", "alt": "A picture", "url": "u" * 120} for at in range(20)]
    products = ProductSync.objects.bulk_create(
        (
            ProductSync(part=part, place=at, before=gallery, after=gallery, settled=now, state="done", **product(at))
            for at in range(rows // PER_PRODUCT)
        ),
        batch_size=200,
    )
    files = StoreFile.objects.bulk_create((file(store, at) for at in range(rows)), batch_size=500)
    ChangeRow.objects.bulk_create((change(part, products, files, at) for at in range(rows)), batch_size=500)


def product(at: int) -> dict:
    return {
        "product_id": f"gid://shopify/Product/{7_000_000_000 + at}",
        "title": f"Shirt number {at} in several colours",
        "handle": f"shirt-number-{at}",
    }


def file(store, at: int):
    from linking.models import StoreFile

    mark, url = f"{at:032x}", f"https://res.cloudinary.com/bench/image/upload/q_auto/v1/shop/{at}.jpg"
    id = f"gid://shopify/MediaImage/{9_000_000_000 + at}"
    return StoreFile(store=store, asset_id=mark, version=1, mark=mark, name=f"{mark}.jpg", source_url=url, file_id=id)


def change(part, products, files, at: int):
    from linking.models import ChangeRow
    from setup.reasons import Reason

    known = {
        "part": part,
        "place": at,
        "key": f"SKU-{at // PER_PRODUCT}",
        "asset_id": f"{at:032x}",
        "name": f"picture-{at}",
    }
    if at % 10 == 9:
        reason = Reason("match.no_product", field="sku", key=known["key"])
        return ChangeRow(change="skip", outcome="skipped", reason=reason, **known)
    row = {"product": products[at // PER_PRODUCT], "file": files[at], "position_after": at % PER_PRODUCT + 1}
    return ChangeRow(change="add", outcome="done", alt_after=f"A shirt, picture {at}", **known, **row)


def measure(folder: Path, rows: int) -> dict[str, dict]:
    """Way -> {"seconds", "peak" and "size" in bytes, "rows"}, one after another through one worker."""
    from tests.processes import environ, redis, worker

    results = folder / "results"
    results.mkdir()
    found = {}
    with redis(folder) as url, worker(environ(url) | {RESULTS: str(results)}, folder) as process:
        for at, way in enumerate((*OURS, *RIVALS)):
            say(f"{way} ...")
            enqueue(url, at)
            found[way] = await_result(process, results / str(at), folder / "worker.log")
            if found[way]["rows"] != rows:
                log = (folder / "worker.log").read_text()[-3000:]
                raise SystemExit(f"{way} wrote {found[way]['rows']:,} rows of {rows:,}:\n{log}")
    return found


def enqueue(url: str, at: int) -> None:
    from redis import Redis
    from rq import Queue
    from rq.serializers import JSONSerializer

    queue = Queue("default", connection=Redis.from_url(url), serializer=JSONSerializer)
    queue.enqueue_call("script.benches.reports.work", (at,), timeout=900)


def await_result(process: subprocess.Popen, path: Path, log: Path) -> dict:
    until = time.monotonic() + 900
    while process.poll() is None and time.monotonic() < until:
        if path.exists():
            return dict(json.loads(path.read_text()))
        time.sleep(0.2)
    raise SystemExit(f"The worker came to no result:\n{log.read_text()[-3000:]}")


def work(at: int) -> None:
    """The job: in the worker's child, which does nothing else. The first look at memory is what the child begins with."""
    from linking.models import Sync
    from tests.peak import peak

    way, sync, result = (*OURS, *RIVALS)[at], Sync.objects.get().pk, f"{os.environ[RESULTS]}/{at}"
    idle, begun, busy, size, rows = peak(), time.monotonic(), time.process_time(), 0, 0
    try:
        size, rows = ours(way, sync) if way in OURS else rival(way, sync)
    finally:
        figures = {"seconds": time.monotonic() - begun, "cpu": time.process_time() - busy, "idle": idle, "peak": peak()}
        figures |= {"size": size, "rows": rows}
        Path(f"{result}.part").write_text(json.dumps(figures))
        Path(f"{result}.part").rename(result)


def ours(format: str, sync: int) -> tuple[int, int]:
    """What pressing the button does: the row, the job, the storage."""
    from django.utils import timezone

    from linking import jobs
    from linking.models import Report, Sync
    from linking.reporting import asking

    report = asking.put(Sync.objects.get(pk=sync), format, now=timezone.now())
    jobs.report(report.pk)
    report = Report.objects.get(pk=report.pk)
    return report.size, report.written


def rival(way: str, sync: int) -> tuple[int, int]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report"
        rows = WAYS[way](path, sync)
        return path.stat().st_size, rows


def model_rows(sync: int) -> Iterator[list]:
    """As one would write it down at first: rows with their relations, and a list of cells."""
    from linking.models import ChangeRow

    rows = ChangeRow.objects.filter(part__sync_id=sync).select_related("part__store", "product", "file")
    for row in rows.order_by("part_id", "place").iterator(chunk_size=2000):
        product = row.product
        yield [
            row.part.store.domain,
            row.key,
            row.name,
            row.asset_id,
            product.title if product else "",
            product.product_id if product else "",
            row.get_change_display(),
            row.get_outcome_display(),
            str(row.reason),
            row.position_before,
            row.position_after,
            row.file.file_id if row.file else "",
            row.part.store.product_admin_url(product.product_id) if product else "",
            product.handle if product else "",
            row.alt_before,
            row.alt_after,
            row.owner_id,
            product.settled.replace(tzinfo=None) if product else None,
        ]


def plain_csv(path: Path, sync: int) -> int:
    with path.open("w", newline="") as out:
        writer = csv.writer(out)
        return sum(1 for row in model_rows(sync) if writer.writerow(row))


def openpyxl(path: Path, sync: int) -> int:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet, rows = book.create_sheet("Rows"), 0
    for row in our_rows(sync):
        sheet.append(row)
        rows += 1
    book.save(path)
    return rows


def xlsxwriter_in_memory(path: Path, sync: int) -> int:
    from xlsxwriter import Workbook

    book = Workbook(path, {"remove_timezone": True, "default_date_format": "yyyy-mm-dd"})
    sheet, rows = book.add_worksheet("Rows"), 0
    for row in our_rows(sync):
        sheet.write_row(rows, 0, row)
        rows += 1
    book.close()
    return rows


def our_rows(sync: int) -> Iterator[list]:
    """Our own reading of the rows, so that only the writing differs."""
    from linking.models import Sync
    from linking.reporting.rows import lines_of

    for line in lines_of(Sync.objects.get(pk=sync)):
        yield [*line[:-1], line.time.replace(tzinfo=None) if line.time else None]


WAYS: dict[str, Callable[[Path, int], int]] = {
    "csv, plain": plain_csv,
    "xlsx, openpyxl write-only": openpyxl,
    "xlsx, XlsxWriter in memory": xlsxwriter_in_memory,
}


def printed(found: dict[str, dict], rows: int) -> None:
    """CPU seconds travel between busy machines better than those of the clock: the ratios are theirs."""
    say(
        "", f"{rows:,} rows, each way in a worker's child of its own ({found['csv']['idle'] / MB:.0f} MB to begin with)"
    )
    say("", f"{'':28}{'seconds':>9}{'x':>8}{'of CPU':>8}{'times':>7}{'peak MB':>9}{'times':>7}{'file MB':>9}")
    for ours in OURS:
        base = found[ours]
        for way in (ours, *BESIDE[ours]):
            row = found[way]
            name = f"ours, {way}" if way == ours else way
            spent = f"{row['seconds']:9.1f}{row['times']:8,.0f}{row['cpu']:8.1f}{row['cpu'] / base['cpu']:7.1f}"
            say(f"{name:28}{spent}{row['peak'] / MB:9.0f}{row['peak'] / base['peak']:7.1f}{row['size'] / MB:9.1f}")
