"""An environment whose assets spreadsheets name."""

import pytest

from sandbox.cloudinary.fields import datasource
from sandbox.cloudinary.records import MetadataField
from tests.scenes import asset

TYPES = {"main": "Main picture", "swatch": "Swatch"}


@pytest.fixture
def place(scene, monkeypatch):
    twins = [asset("twin", public_id=f"{folder}/twin", shade=9) for folder in "xy"]
    found = scene([], [*(asset(f"p{at}", f"OLD-{at}", at) for at in range(6)), *twins])
    here = found.world.environments[0]
    here.fields["asset_type"] = MetadataField("asset_type", "Asset type", "enum", values=datasource(TYPES))
    here.fields["channels"] = MetadataField(
        "channels", "Channels", "set", values=datasource({"web": "Web", "tv": "TV"})
    )
    here.fields["expiration"] = MetadataField("expiration", "Expiration", "date")
    monkeypatch.setattr("linking.queue.enqueue", lambda name, pk: True)
    return found
