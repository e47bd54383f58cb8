"""The life of a file: UPLOADED in the answer that made it, then PROCESSING, then by the clock READY or FAILED."""

import random
from typing import TYPE_CHECKING

from sandbox.shopify import downloads, filenames, sources
from sandbox.shopify.records import LABELS, Download, File, Problem

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop


def is_media(file: File) -> bool:
    """Generic files cannot stand in a gallery."""
    return file.kind in LABELS


def create(shop: "Shop", source: str, *, kind: str, filename: str, alt: str, problem: Problem | None = None) -> File:
    """A new file whose download starts when the request is over; with `problem` it turns FAILED instead."""
    now = shop.now()
    file = File(shop.new_gid(kind), kind, filename, now, now, alt=alt)
    shop.files[file.id] = file
    if problem is None:
        shop.names[filename] = file.id
    begin(shop, file, source, problem)
    shop.touch(file)
    return file


def begin(shop: "Shop", file: File, source: str, problem: Problem | None = None) -> None:
    """Gives `file` its first source, or a new one."""
    settings = shop.world.settings
    due = shop.now() + random.uniform(*(settings.video_seconds if file.kind == "Video" else settings.media_seconds))
    file.download = Download(source, due, arrived=problem is not None, problem=problem)
    shop.under_way[file.id] = file
    if problem is None:
        shop.to_start.append(file.id)


def resume(shop: "Shop") -> None:
    """Starts the downloads that have not been started in this process."""
    for file_id in shop.to_start:
        file = shop.files.get(file_id)
        if file and file.download and not file.download.arrived:
            _start(shop, file.id, file.kind, file.download)
    shop.to_start.clear()


def leave_uploaded(shop: "Shop") -> None:
    """The answer that says UPLOADED is written: from now on everyone reads PROCESSING."""
    for file in shop.under_way.values():
        if file.status == "UPLOADED":
            file.status = "PROCESSING"
    resume(shop)


def dues(shop: "Shop") -> list[float]:
    """When outcomes that have arrived are due."""
    downloads = (file.download for file in shop.under_way.values())
    return [download.due for download in downloads if download and download.arrived]


def settle(shop: "Shop", now: float) -> int:
    """Shows the outcomes that have arrived and are due; how many."""
    due = [f for f in shop.under_way.values() if f.download and f.download.arrived and f.download.due <= now]
    for file in due:
        _show(shop, file)
        del shop.under_way[file.id]
    return len(due)


def remove(shop: "Shop", file: File) -> None:
    """Out of the store, of every gallery and of every variant, at once."""
    del shop.files[file.id]
    shop.under_way.pop(file.id, None)
    free_name(shop, file)
    shop.index.remove(file.id)
    for product in shop.products.values():
        if file.id in product.media:
            product.media.remove(file.id)
            clear_variants(shop, product.id, {file.id})


def clear_variants(shop: "Shop", product_id: str, gone: set[str]) -> None:
    """Variants lose a picture that left their gallery, without a word."""
    for variant in shop.products[product_id].variants:
        if variant.picture in gone:
            variant.picture = None


def free_name(shop: "Shop", file: File) -> None:
    if shop.names.get(file.filename) == file.id:
        del shop.names[file.filename]


def duplicate_of(filename: str) -> Problem:
    return {"code": "DUPLICATE_FILENAME_ERROR", "message": f"A file named {filename} already exists."}


def named(source: str, filename: str | None) -> str:
    return filename or filenames.of_url(source) or "file"


def _show(shop: "Shop", file: File) -> None:
    outcome, file.download = file.download, None
    assert outcome
    if outcome.content:
        file.content, file.status, file.ready_at = outcome.content, "READY", outcome.due
        file.version = max(file.version + 1, int(shop.now()))
    elif file.status != "READY":  # a bad replacement fails in silence: READY, with the old picture
        file.status, file.problem = "FAILED", outcome.problem
        free_name(shop, file)
    shop.touch(file)


def _start(shop: "Shop", file_id: str, kind: str, download: Download) -> None:
    def work() -> None:
        scripted = shop.world.faults.take_media(
            store=shop.domain, source=sources.text_for_faults(shop, download.source)
        )
        try:
            if scripted:
                raise downloads.FailedDownload(scripted[0].code, "The media could not be processed.")
            content, problem = sources.fetch(shop, download.source, kind), None
        except downloads.FailedDownload as failed:
            content, problem = None, {"code": failed.code, "message": failed.message}
        with shop.lock:
            download.content, download.problem, download.arrived = content, problem, True
            download.due = max(download.due, shop.now())
        shop.world.changed()

    downloads.submit(work)
