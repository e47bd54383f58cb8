import cloudinary.api
import pytest
from cloudinary.exceptions import AlreadyExists, BadRequest, NotFound

HERE = "https://app.example/hook"


def test_a_trigger_can_be_made_listed_moved_and_deleted(served, keys):
    world = served()
    made = cloudinary.api.create_trigger(HERE, "all", **keys(world))
    assert (made["uri"], made["event_type"], made["uri_type"]) == (HERE, "all", "webhook")
    assert made["product_environment_id"] == world.environments[0].keys.environment_id
    found = cloudinary.api.triggers(**keys(world))
    assert (found["total"], [row["id"] for row in found["triggers"]]) == (1, [made["id"]])
    assert cloudinary.api.triggers(event_type="upload", **keys(world))["triggers"] == []
    cloudinary.api.update_trigger(made["id"], f"{HERE}/2", **keys(world))
    assert world.environments[0].triggers[made["id"]]["uri"] == f"{HERE}/2"
    cloudinary.api.delete_trigger(made["id"], **keys(world))
    with pytest.raises(NotFound):
        cloudinary.api.delete_trigger(made["id"], **keys(world))


@pytest.mark.parametrize(
    ("uri", "event"),
    [("http://app.example/", "all"), ("", "all"), ("ftp://x", "all"), ("https://", "all"), (HERE, "everything")],
)
def test_addresses_are_https_and_events_are_known(served, keys, uri, event):
    with pytest.raises(BadRequest):
        cloudinary.api.create_trigger(uri, event, **keys(served()))


def test_there_are_thirty_at_most_and_none_twice(served, keys):
    world = served()
    for at in range(30):
        cloudinary.api.create_trigger(f"{HERE}/{at}", "all", **keys(world))
    with pytest.raises(BadRequest, match="Maximum number"):
        cloudinary.api.create_trigger(HERE, "all", **keys(world))
    cloudinary.api.delete_trigger(next(iter(world.environments[0].triggers)), **keys(world))
    with pytest.raises(AlreadyExists):
        cloudinary.api.create_trigger(f"{HERE}/1", "all", **keys(world))


def test_triggers_survive_a_restart(served, keys):
    world = served()
    cloudinary.api.create_trigger(HERE, "all", **keys(world))
    here = world.environments[0]
    assert type(here).load(here.dump(), world).triggers == here.triggers
