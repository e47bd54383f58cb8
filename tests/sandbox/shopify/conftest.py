"""A small world around the pretend stores: a clock that tests move, a real server, and a server of pictures to download."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import pytest
import urllib3
from flask import Flask, Response, abort
from PIL import Image
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from sandbox import faults, journal
from sandbox.blobs import Blobs
from sandbox.faults import Faults
from sandbox.journal import Journal
from sandbox.settings import Settings
from sandbox.shopify import routes
from sandbox.shopify.shop import Shop

TOKEN = "shpat_test"
DOMAIN = "fern.myshopify.com"
DOCUMENTS = Path(routes.__file__).parent / "documents"
APP_DOCUMENTS = Path(__file__).parents[3] / "linking" / "shopify" / "documents"
NOON = 1_790_000_000.0
HTTP = urllib3.PoolManager(timeout=urllib3.Timeout(10), retries=False)


class World:
    """What a shop asks of the world around it."""

    def __init__(self, folder: Path) -> None:
        self.shops: dict[str, Shop] = {}
        self.base_url = ""
        self.blobs, self.faults, self.journal = Blobs(folder), Faults(), Journal()
        self.settings = Settings(media_seconds=(0.5, 2.0))
        self.time = NOON
        self.changes = 0

    def clock(self) -> float:
        return self.time

    def forward(self, seconds: float) -> None:
        self.time += seconds

    def changed(self) -> None:
        self.changes += 1

    def add_shop(self, *, domain: str = DOMAIN, plan: str = "basic") -> Shop:
        shop = Shop(domain=domain, name="Fern", access_token=TOKEN, plan=plan, world=self)
        self.shops[domain] = shop
        return shop


@dataclass
class Answer:
    status: int
    headers: Any
    body: Any

    @property
    def data(self) -> dict[str, Any]:
        assert "errors" not in self.body, self.body["errors"]
        return self.body["data"]

    @property
    def error(self) -> dict[str, Any]:
        """The one top-level error."""
        (only,) = self.body["errors"]
        return only

    @property
    def cost(self) -> dict[str, Any]:
        return self.body["extensions"]["cost"]


@dataclass
class Client:
    """Speaks to one store over HTTP."""

    world: World
    domain: str = DOMAIN
    token: str = TOKEN
    version: str = "2026-10"
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def shop(self) -> Shop:
        return self.world.shops[self.domain]

    def post(self, query: Any, variables: dict[str, Any] | None = None, **body: Any) -> Answer:
        headers = {
            "Host": self.domain,
            "X-Shopify-Access-Token": self.token,
            "Content-Type": "application/json",
            **self.headers,
        }
        address = f"{self.world.base_url}/admin/api/{self.version}/graphql.json"
        sent = json.dumps({"query": query, "variables": variables or {}, **body})
        got = HTTP.request("POST", address, body=sent, headers=headers)
        is_json = got.headers.get("Content-Type", "").startswith("application/json")
        return Answer(got.status, got.headers, json.loads(got.data) if is_json else got.data.decode())

    def get(self, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        return self.post(query, variables).data

    def run(self, document: str, **variables: Any) -> dict[str, Any]:
        """Runs a document of the sandbox's folder; its only root field's value."""
        data = self.get((DOCUMENTS / f"{document}.graphql").read_text(), variables)
        (value,) = data.values()
        return value

    def gallery(self, product_id: str) -> list[str]:
        query = "query ($id: ID!) { product(id: $id) { media(first: 250) { nodes { id } } } }"
        return [node["id"] for node in self.get(query, {"id": product_id})["product"]["media"]["nodes"]]

    def statuses(self, ids: list[str]) -> list[str]:
        query = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on File { fileStatus } } }"
        return [node["fileStatus"] for node in self.get(query, {"ids": ids})["nodes"]]

    def create(self, *rows: dict[str, Any]) -> dict[str, Any]:
        return self.run("FileCreate", files=list(rows))

    def update(self, *rows: dict[str, Any]) -> dict[str, Any]:
        return self.run("FileUpdate", files=list(rows))

    def stage(self, *rows: dict[str, Any]) -> dict[str, Any]:
        return self.run_ours("StagedUploads", input=list(rows))

    def run_ours(self, document: str, **variables: Any) -> dict[str, Any]:
        """Runs a document of the app's folder; its only root field's value."""
        (value,) = self.get((APP_DOCUMENTS / f"{document}.graphql").read_text(), variables).values()
        return value

    def script(self, kind: str, **given: Any) -> None:
        """Makes something go wrong, until it is cleared unless `times` is given."""
        fault = {"service": "shopify", "kind": kind, "times": None, **given}
        answer = HTTP.request("POST", f"{self.world.base_url}/faults", json=fault)
        assert answer.status == 200, answer.json()

    def clear(self) -> None:
        assert HTTP.request("DELETE", f"{self.world.base_url}/faults").status == 204

    def scripted(self) -> list[str]:
        """The kinds that are still to come."""
        return [fault["kind"] for fault in HTTP.request("GET", f"{self.world.base_url}/faults").json()]

    def settled(self, ids: list[str]) -> list[str]:
        """Moves the clock until every file is READY or FAILED; the statuses."""
        give_up = time.monotonic() + 20
        while time.monotonic() < give_up:
            self.world.forward(3)
            if not {"UPLOADED", "PROCESSING"} & set(found := self.statuses(ids)):
                return found
            time.sleep(0.02)
        raise AssertionError(f"still under way: {found}")

    def ready(self, *rows: dict[str, Any]) -> list[str]:
        """Ids of new files that are READY."""
        ids = [file["id"] for file in self.create(*rows)["files"]]
        assert set(self.settled(ids)) == {"READY"}
        return ids


def jpeg(*, width: int = 40, height: int = 50, colour: str = "teal") -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "JPEG")
    return out.getvalue()


def png(*, width: int = 40, height: int = 50) -> bytes:
    out = BytesIO()
    Image.new("1", (width, height)).save(out, "PNG")
    return out.getvalue()


@cache
def film(*, width: int = 64, height: int = 48, frames: int = 10, rate: int = 5) -> bytes:
    """An MP4 of frames / rate seconds."""
    out = BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {"preset": "ultrafast"}
        picture = av.VideoFrame.from_image(Image.new("RGB", (width, height), "teal"))
        for _ in range(frames):
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return out.getvalue()


def picture(name: str = "a.jpg", **more: Any) -> dict[str, Any]:
    """A picture for add_product."""
    return {"content": jpeg(), "filename": name, **more}


def served(app: Flask) -> Iterator[str]:
    """The address of a threaded keep-alive server on a free port, stopped by its own handle."""

    class Handler(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

        def log(self, *_args: Any) -> None:
            pass

    server: BaseWSGIServer = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path / "blobs")
    world.add_shop()
    app = Flask(__name__)
    app.register_blueprint(routes.blueprint(world))
    app.register_blueprint(faults.blueprint(world))
    app.register_blueprint(journal.blueprint(world))
    for address in served(app):
        world.base_url = address
        yield world


@pytest.fixture
def client(world: World) -> Client:
    return Client(world)


@pytest.fixture
def shop(world: World) -> Shop:
    return world.shops[DOMAIN]


SOURCES = {
    "cut.jpg": lambda: jpeg(width=800, height=800)[:2000],
    "wide.png": lambda: png(width=5001, height=10),
    "many.png": lambda: png(width=4999, height=4999 + 5),
    "page.jpg": lambda: b"<html>no picture</html>",
    "heavy.jpg": lambda: jpeg() + bytes(20 * 1024 * 1024),
    "manual.pdf": lambda: b"%PDF-1.7",
}


@pytest.fixture(scope="session")
def sources() -> Iterator[str]:
    """The address of a server of pictures: any .jpg or .png is one, some names are special, missing.* is not there."""
    app = Flask("sources")

    @app.get("/<path:name>")
    def source(name: str) -> Response:
        base = name.rpartition("/")[2]
        if base.startswith("missing"):
            abort(404)
        if base in SOURCES:
            return Response(SOURCES[base](), mimetype="application/octet-stream")
        made = png() if base.lower().endswith(".png") else jpeg(colour="red" if "red" in base else "teal")
        return Response(made, mimetype="application/octet-stream")

    yield from served(app)


@pytest.fixture
def mugs(shop):
    """Twenty products with two variants each."""
    variants = [{"title": "S", "sku": "S-1"}, {"title": "L", "sku": "L/1"}]
    return [shop.add_product(handle=f"mug-{n}", title=f"Mug {n}", variants=variants) for n in range(20)]
