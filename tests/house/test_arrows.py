"""The rooms of the house, and what each may ask of the others. Arrows point one way."""

import sys

import pytest

from tests.house.imports import imports_of, modules, read_imports

# What linking's walk between the two worlds rests on.
FOUNDATION = {"linking.domain", "linking.models", "linking.shopify", "linking.cloudinary", "linking.attempts", "setup"}
FOUNDATION |= {"linking.waiting"}

# room -> the other rooms that it may import. A module belongs to the longest name that fits it.
ARROWS: dict[str, set[str]] = {
    "assetlink_site": {"setup", "linking"},
    "setup": set(),
    "linking.domain": set(),  # and of the rest of the world the standard library, and pure libraries for text
    "linking.models": {"linking.domain", "setup"},
    "linking.shopify": {"linking.domain", "setup"},
    "linking.cloudinary": {"linking.domain", "setup"},
    "linking.fetching": FOUNDATION
    | {"linking.remembering", "linking.describing"},  # alt texts from the field that admins chose
    "linking.matching": FOUNDATION | {"linking.suggesting"},
    "linking.arranging": {"linking.domain", "linking.models"},
    "linking.planning": FOUNDATION | {"linking.arranging", "linking.usage"},
    "linking.usage": {"linking.models", "setup"},
    "linking.editing": {"linking.domain", "linking.models", "linking.arranging"},
    "linking.rearranging": {"linking.domain", "linking.models", "linking.arranging"},
    "linking.suggesting": FOUNDATION,
    "linking.remembering": {"linking.domain", "linking.models", "setup"},
    "linking.resuming": {"linking.models"},
    "linking.checking": FOUNDATION,
    "linking.mentions": {"linking.models"},
    "linking.repeating": {"linking.domain", "linking.models", "setup"},
    "linking.unlinked": {"linking.shopify", "setup"},
    "linking.describing": FOUNDATION | {"linking.arranging", "linking.editing", "linking.horse"},  # alt texts, captions
    "linking.attempts": {"linking.domain", "linking.models", "linking.heartbeat", "setup"},  # every kind of job
    "linking.horse": set(),
    "linking.heartbeat": set(),
    "linking.waiting": {"linking.domain"},
    # a sync matches and plans first
    "linking.syncing": FOUNDATION
    | {"linking.planning", "linking.matching", "linking.horse", "linking.heartbeat", "linking.tally"},
    "linking.tally": set(),
    "linking.tracing": {"linking.models"},
    "linking.pulse": {"linking.jobs", "linking.queue_entries", "linking.tally"},
    "linking.queue_entries": {"linking.jobs"},
    "linking.metrics": {"linking.domain", "linking.models", "linking.pulse", "linking.tally", "setup"},
    "linking.starting": {"linking.domain", "linking.models", "linking.jobs", "linking.arranging", "setup"},
    "linking.reporting": FOUNDATION | {"linking.horse", "linking.heartbeat"},
    "linking.housekeeping": {"linking.models", "linking.reporting", "setup"},
    "linking.jobs": {
        "linking.checking",
        "linking.describing",
        "linking.fetching",
        "linking.matching",
        "linking.planning",
        "linking.syncing",
        "linking.reporting",
    }
    | {"linking.models", "linking.horse"},  # to load the row that they are called with, and to say who works
    "linking.cron": {"linking.jobs", "linking.housekeeping", "linking.tally", "setup"},
    "linking.worker": {
        "linking.jobs",
        "linking.horse",
        "linking.queue_entries",
        "linking.tally",
        "linking.tracing",
        "setup",
    },
    "linking.board": {
        "linking.domain",
        "linking.models",
        "linking.cloudinary",
        "linking.arranging",
        "setup",
    },  # for pages
    "linking.upload_board": {"linking.domain", "linking.models", "linking.cloudinary", "linking.arranging", "setup"}
    | {"linking.board", "linking.usage"},
    "linking.finding": {"linking.domain", "linking.board"},
    "linking.strips": {"linking.domain", "linking.models", "setup"},
    "linking.forms": {"linking.domain", "linking.models", "setup"},
    "linking.views": {
        "linking.board",
        "linking.strips",
        "linking.forms",
        "linking.models",
        "linking.jobs",
        "linking.domain",
        "setup",
    }
    | {"linking.matching", "linking.reporting", "linking.starting", "linking.upload_board"}
    | {
        "linking.remembering",
        "linking.resuming",
        "linking.unlinked",
        "linking.mentions",
        "linking.repeating",
        "linking.checking",
    }
    | {"linking.arranging", "linking.editing", "linking.rearranging", "linking.finding", "linking.describing"},
    "linking.templatetags": {"linking.domain"},
    "linking.urls": {"linking.views"},
    "linking.middleware": {"linking.models"},
    "linking.apps": {"linking.holdings", "setup"},  # to register what the Setup page asks about
    "linking.holdings": {"linking.models", "setup"},
    "linking.management": {"linking.cron", "linking.jobs", "linking.housekeeping", "linking.models", "setup"}
    | {"linking.starting", "linking.domain"},
    "linking.migrations": {"setup", "linking.models"},
    "linking": set(),
    "sandbox": set(),
}
HOUSES = ("assetlink_site", "setup", "linking", "sandbox")


def room_of(module: str) -> str | None:
    fitting = [room for room in ARROWS if module == room or module.startswith(f"{room}.")]
    return max(fitting, key=len, default=None)


def wrong_arrows(module: str, imported: set[str]) -> list[str]:
    room = room_of(module.removesuffix(".__init__"))
    targets = {name: target for name in imported if (target := room_of(name))}
    allowed = {room} | ARROWS[room or ""]
    return sorted(
        name for name, target in targets.items() if target not in allowed and target.split(".")[0] not in allowed
    )


@pytest.mark.parametrize("house", HOUSES)
def test_every_import_follows_an_arrow(house):
    wrong = {module: found for module in modules(house) if (found := wrong_arrows(module, imports_of(module)))}
    assert wrong == {}


def test_every_module_has_a_room_of_its_own():
    assert [name for name in modules("linking") if room_of(name.removesuffix(".__init__")) == "linking"] == [
        "linking.__init__"
    ], "give the new module a line in ARROWS"


def test_the_domain_knows_the_standard_library_itself_and_two_pure_libraries_for_text():
    for module in modules("linking/domain"):
        strangers = {name.split(".")[0] for name in imports_of(module)} - sys.stdlib_module_names
        assert strangers <= {"linking", "re2", "rapidfuzz"}, f"{module} imports {strangers}"


def test_all_houses_were_read():
    assert {name.split(".")[0] for name in modules(*HOUSES)} == set(HOUSES)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("setup.launch", "from linking.models import Sync"),
        ("setup.launch", "from linking import models"),
        ("setup.views.stores", "def view():\n    import linking.jobs"),
        ("linking.domain.plan", "from linking.models import Sync"),
        ("linking.domain.plan", "from ..models import Sync"),
        ("linking.domain.plan", "from setup.models import Store"),
        ("linking.models.syncs", "from linking import jobs"),
        ("linking.shopify.files", "from linking.models import StoreFile"),
        ("linking.planning", "from linking.views import syncs"),
        ("linking.reporting.left", "from linking import jobs"),
        ("linking.views.syncs", "from linking.shopify import files"),
        ("linking.views.syncs", "from assetlink_site import settings"),
        ("sandbox.world", "from setup.models import Store"),
        ("linking.jobs", "import sandbox"),
        ("assetlink_site.checks", "from sandbox.world import World"),
    ],
)
def test_an_import_against_the_arrows_is_found(module, source):
    assert wrong_arrows(module, read_imports(source, module))


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("linking.views.syncs", "from linking import jobs\nfrom setup.guards import member\nimport django"),
        ("linking.syncing.work", "from linking.syncing import files\nfrom . import lease"),
        ("assetlink_site.urls", "import linking.urls"),
        ("sandbox.shopify.shop", "from sandbox.blobs import Blobs\nimport shopify"),
    ],
)
def test_an_import_along_the_arrows_passes(module, source):
    assert wrong_arrows(module, read_imports(source, module)) == []
