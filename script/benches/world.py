"""A catalog of any size, and a sandbox of its own for each measurement: full bucket, cold pictures, untouched galleries."""

import csv
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import urllib3
from PIL import Image

from script import sessions
from script.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
PER_PRODUCT = 5  # new pictures, and pictures that stand in the gallery before
PICTURES = 40  # different ones; a thousand assets share them
PATIENCE = 240.0  # seconds for a sandbox to build its world


def write_catalog(folder: Path, assets: int) -> None:
    """`products.csv` and `assets/` for `assets` pictures on a fifth as many products, five old pictures in each gallery."""
    (folder / "assets").mkdir(parents=True)
    for at in range(PICTURES):
        shade = zlib.crc32(str(at).encode())
        picture = Image.new("RGB", (120, 150), (shade & 255, shade >> 8 & 255, shade >> 16 & 255))
        picture.save(folder / "assets" / f"{at}.jpg")
    products = range(assets // PER_PRODUCT)
    with (folder / "products.csv").open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["Handle", "Title", "Variant SKU", "Image Src", "Image Position"])
        for product in products:
            described = [f"Product {product}", f"SKU-{product}"]
            for at in range(PER_PRODUCT):
                old = f"assets/{(product + at) % PICTURES}.jpg"
                rows.writerow([f"product-{product}", *(described if at == 0 else ["", ""]), old, at + 1])
    with (folder / "assets" / "assets.csv").open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["file", "public_id", "display_name", "metadata.sku", "metadata.sequence:integer"])
        for product in products:
            for at in range(PER_PRODUCT):
                file, name = f"{(product * 7 + at) % PICTURES}.jpg", new_name(product, at)
                rows.writerow([file, name, name, f"SKU-{product}", at + 1])


def new_name(product: int, at: int) -> str:
    return f"new-{product}-{at}"


@contextmanager
def sandbox(
    catalog: Path,
    folder: Path,
    plan: str,
    environment: Mapping[str, str],
    *,
    stores: int = 1,
    app_url: str = "",
    library: int = 0,
    at_once: bool = False,
) -> Iterator[str]:
    """The address of a sandbox with this catalog in stores of this plan. `app_url`: what its Console launches; `library`: so
    many assets more; `at_once`: pictures are ready as soon as they are there."""
    folder.mkdir(parents=True)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [
        sys.executable,
        "-m",
        "sandbox",
        "--port",
        str(port),
        "--public-url",
        url,
        "--data",
        str(folder / "data"),
    ]
    command += ["--products", str(catalog / "products.csv"), "--assets", str(catalog / "assets")]
    command += ["--stores", str(stores), "--plan", plan, "--library", str(library), "--fresh"]
    command += ["--app-url", app_url] if app_url else []
    command += ["--media-seconds", "0,0"] if at_once else []
    process = sessions.start(command, dict(environment), ROOT, folder / "sandbox.log")
    try:
        await_answer(process, f"{url}/healthz", folder / "sandbox.log")
        yield url
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def await_answer(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        try:
            if urllib3.request("GET", url, retries=False, timeout=1).status == 200:
                return
        except urllib3.exceptions.HTTPError:
            time.sleep(0.1)
    raise RuntimeError(f"The sandbox did not start:\n{log.read_text()[-2000:]}")
