"""A client that openapi-python-client makes of the served document links and undoes, over real HTTP."""

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.scenes import HTTP, asset, product

pytestmark = pytest.mark.django_db(transaction=True)
GENERATE = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none", "--fail-on-warning"]


def generated(address: str, folder: Path, monkeypatch) -> Any:
    """Its package, of the document as it is served. A warning fails."""
    served = HTTP.request("GET", f"{address}/api/v1/openapi.json")
    (folder / "openapi.json").write_bytes(served.data)
    (folder / "settings.json").write_text(json.dumps({"post_hooks": []}))  # nothing tidies the code up: nobody reads it
    names = {"--path": "openapi.json", "--config": "settings.json", "--output-path": "generated_assetlink"}
    words = [word for name, file in names.items() for word in (name, str(folder / file))]
    made = subprocess.run([*GENERATE, *words], capture_output=True, text=True, env=os.environ, check=False)
    assert (made.returncode, made.stderr) == (0, ""), made.stderr + made.stdout
    monkeypatch.syspath_prepend(folder)
    return importlib.import_module("generated_assetlink")


def test_a_generated_client_links_two_assets_and_undoes_it(scene, program, live_server, tmp_path, monkeypatch):
    place = scene([product("a", pictures=1), product("b")], [asset("fa", "a"), asset("fb", "b")])
    package = generated(live_server.url, tmp_path, monkeypatch)
    models = importlib.import_module("generated_assetlink.models")
    one = program(place)
    client = package.AuthenticatedClient(live_server.url, one.text, raise_on_unexpected_status=True)

    def call(name: str, *known: Any, **more: Any) -> Any:
        answer = importlib.import_module(f"generated_assetlink.api.runs.{name}").sync_detailed(
            *known, client=client, **more
        )
        assert not isinstance(answer.parsed, models.Problem), answer.parsed
        return answer

    def settled(begun: Any) -> Any:
        """What workers would do; then the run, asked for by where the answer says it is."""
        key = begun.headers["Location"].rpartition("/")[2]
        one.work_off(key)
        return call("get_run", key).parsed

    asked = models.RunIn(
        products=[
            models.ProductRowIn(models.ProductIn(sku="a"), [models.AssetIn(public_id="shop/fa", alt="In front")]),
            models.ProductRowIn(models.ProductIn(handle="product-b"), [models.AssetIn(public_id="shop/fb")]),
        ],
        stores=[place.stores[0].domain],
    )
    planned = settled(call("start_run", body=asked, idempotency_key="one"))
    assert (planned.state, planned.dry_run, planned.counts.to_dict()["pending"]) == ("planned", True, 2)
    assert place.assets_in("product-a") == ["product-a-0"]
    applied = settled(call("apply_run", planned.id, body=models.ApplyIn(), idempotency_key="two"))
    assert (applied.state, applied.counts.to_dict()["done"]) == ("done", 2)
    assert (place.assets_in("product-a"), place.assets_in("product-b")) == (["product-a-0", "fa"], ["fb"])
    lines = call("list_changes", planned.id).parsed.items
    assert [(line.row, line.asset, line.outcome) for line in lines] == [(0, "fa", "done"), (1, "fb", "done")]
    back = settled(call("undo_run", planned.id, idempotency_key="three"))
    assert (back.kind, back.removals) == ("undo", 2)
    settled(call("apply_run", back.id, body=models.ApplyIn(removals=back.removals), idempotency_key="four"))
    assert (place.assets_in("product-a"), place.assets_in("product-b")) == (["product-a-0"], [])
    wrong = models.RunIn(stores=["elsewhere.myshopify.com"])
    start = importlib.import_module("generated_assetlink.api.runs.start_run").sync
    said = start(client=client, body=wrong, idempotency_key="five")
    assert (said.status, said.errors[0].pointer) == (422, "/stores/0")
