"""The rooms of the house, and what each may ask of the others. Arrows point one way."""

import sys

import pytest

from tests.house.imports import imports_of, modules, read_imports

# What linking's walk between the two worlds rests on.
CORE = {"linking.domain", "linking.models", "setup"}
FOUNDATION = CORE | {"linking.shopify", "linking.cloudinary", "linking.attempts", "linking.waiting", "linking.runtime"}
DOORS = {
    "linking.rights",
    "linking.runs",
    "linking.selection",
    "linking.matching",
    "linking.estimating",
    "linking.links",
    "linking.delivery",
    "linking.channels",
    "linking.reporting",
    "linking.picker",
    "linking.ingest",
    "linking.webhooks",
    "linking.notices",
    "linking.rules",
}

# room -> the other rooms that it may import. A module belongs to the longest name that fits it.
ARROWS: dict[str, set[str]] = {
    "assetlink_site": {"setup", "linking"},
    "setup": set(),
    "setup.reasons": {"setup.words"},  # pure: what doors and rules alike say why with
    "setup.words": set(),  # pure: texts in a person's language
    "setup.spelling": set(),  # pure: when two texts are the same
    "setup.natural_order": {"setup.spelling"},  # pure: the order in which people count
    "setup.swatch_rules": {"setup.spelling"},  # pure: the words that tell a swatch
    "setup.file_names": {"setup.spelling", "setup.words"},  # pure: what files are called
    "setup.embedded_values": {"setup.spelling", "setup.words"},  # pure: what files carry of themselves
    # And of the rest of the world the standard library, and pure libraries for text and schedules.
    "linking.domain": {"setup.reasons", "setup.words", "setup.spelling", "setup.natural_order", "setup.swatch_rules"}
    | {"setup.file_names", "setup.embedded_values"},
    "linking.models": {"linking.domain", "setup"},
    "linking.shopify": {"linking.domain", "setup"},
    "linking.cloudinary": {"linking.domain", "setup"},
    "linking.runtime": {"setup"},
    "linking.waiting": {"linking.domain", "setup.reasons"},
    "linking.attempts": CORE | {"linking.runtime"},  # every kind of job
    "linking.selection": FOUNDATION | {"linking.queue"},
    "linking.matching": FOUNDATION | {"linking.queue"},
    "linking.links": FOUNDATION | {"linking.queue"},
    "linking.channels": FOUNDATION | {"linking.delivery", "linking.reporting"},
    "linking.delivery": FOUNDATION | {"linking.links", "linking.queue"},
    "linking.picker": FOUNDATION,
    "linking.ingest": FOUNDATION | {"linking.queue"},
    "linking.reporting": FOUNDATION | {"linking.queue", "linking.links"},
    "linking.adopting": FOUNDATION,
    "linking.planning": FOUNDATION | {"linking.adopting", "linking.selection", "linking.links"},
    "linking.estimating": FOUNDATION | {"linking.adopting", "linking.planning", "linking.selection", "linking.queue"},
    # A sync is arranged, matches and plans first.
    "linking.syncing": FOUNDATION
    | {"linking.planning", "linking.matching", "linking.selection", "linking.webhooks"}
    | {"linking.notices"},
    "linking.notices": FOUNDATION | {"linking.queue", "linking.webhooks"},
    "linking.webhooks": FOUNDATION | {"linking.queue"},
    # A rule does what people do, by the same doors.
    "linking.rules": FOUNDATION
    | {"linking.forms", "linking.links", "linking.picker", "linking.queue", "linking.rights", "linking.runs"}
    | {"linking.notices", "linking.selection"},
    "linking.queue": {"linking.models", "setup"},
    # Only the worker imports it, by its name.
    "linking.jobs": FOUNDATION
    | {"linking.queue", "linking.syncing"}
    | DOORS - {"linking.rights", "linking.runs", "linking.picker"},
    "linking.rights": CORE,
    "linking.runs": CORE | {"linking.queue", "linking.rights", "linking.selection"},
    "linking.operations.worker": {"linking.operations", "linking.jobs", "linking.runtime", "setup"},
    "linking.operations": FOUNDATION
    | {"linking.delivery", "linking.notices", "linking.queue", "linking.reporting", "linking.rules"}
    | {"linking.selection", "linking.webhooks"},
    "linking.pages": CORE
    | {"linking.cloudinary", "linking.forms", "linking.queue", "linking.operations", "linking.runtime"}
    | DOORS,
    "linking.forms": CORE | {"linking.selection"},
    "linking.views": CORE
    | {"linking.pages", "linking.forms", "linking.queue", "linking.operations", "linking.mending"}
    | DOORS,
    "linking.asked_runs": CORE | {"linking.cloudinary", "linking.forms", "linking.runs", "linking.selection"},
    "linking.mending": CORE
    | {"linking.asked_runs", "linking.links", "linking.rights", "linking.runs", "linking.selection"},
    "linking.api": CORE | {"linking.asked_runs", "linking.mending", "linking.pages"} | DOORS,
    "linking.templatetags": {"linking.domain", "setup.words"},
    "linking.urls": {"linking.views"},
    "linking.middleware": {"linking.models"},
    "linking.apps": {
        "linking.domain",
        "linking.links",
        "linking.notices",
        "linking.rules",
        "linking.selection",
        "linking.webhooks",
        "setup",
    },  # to register words, and what the Setup page asks about
    "linking.management": CORE
    | {"linking.asked_runs", "linking.mending", "linking.operations", "linking.queue"}
    | {"linking.ingest", "linking.links", "linking.reporting", "linking.rights", "linking.rules", "linking.runs"}
    | {"linking.selection", "linking.webhooks"},
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


def test_the_domain_knows_the_standard_library_itself_and_three_pure_libraries():
    for module in modules("linking/domain"):
        strangers = {name.split(".")[0] for name in imports_of(module)} - sys.stdlib_module_names
        assert strangers <= {"linking", "re2", "rapidfuzz", "cronsim", "setup"}, (
            f"{module} imports {strangers}"
        )  # of setup: see ARROWS


@pytest.mark.parametrize("module", ["reasons", "spelling", "natural_order", "swatch_rules", "file_names"])
def test_what_the_domain_takes_of_setup_knows_libraries_for_text_and_the_readers_words_only(module):
    pure = ("setup.spelling", "setup.words")
    strangers = {name for name in imports_of(f"setup.{module}") if not name.startswith(pure)}
    assert {name.split(".")[0] for name in strangers} - {"anyascii"} <= sys.stdlib_module_names


def test_all_houses_were_read():
    assert {name.split(".")[0] for name in modules(*HOUSES)} == set(HOUSES)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("setup.security.launch", "from linking.models import Sync"),
        ("setup.security.launch", "from linking import models"),
        ("setup.views.stores", "def view():\n    import linking.jobs"),
        ("linking.domain.plan", "from linking.models import Sync"),
        ("linking.domain.plan", "from ..models import Sync"),
        ("linking.domain.plan", "from setup.models import Store"),
        ("linking.domain.plan", "from setup import numbers"),
        ("setup.reasons", "from setup.models import Store"),
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
        ("linking.views.syncs", "from linking import queue\nfrom setup.security.guards import member\nimport django"),
        ("linking.syncing.work", "from linking.syncing import files\nfrom . import lease"),
        ("linking.domain.plan", "from setup.reasons import Reason"),
        ("assetlink_site.urls", "import linking.urls"),
        ("sandbox.shopify.shop", "from sandbox.blobs import Blobs\nimport shopify"),
    ],
)
def test_an_import_along_the_arrows_passes(module, source):
    assert wrong_arrows(module, read_imports(source, module)) == []


def test_no_module_of_the_app_or_of_a_command_leads_back_to_itself():
    """The sandbox's schema is made of modules that know each other; its other rooms are not."""
    known = {
        name.removesuffix(".__init__"): imports_of(name)
        for name in modules("assetlink_site", "setup", "linking", "script")
    }
    known |= {
        name.removesuffix(".__init__"): imports_of(name) for name in modules("sandbox") if "sandbox.shopify" not in name
    }
    assert circles(known) == []


def circles(graph: dict[str, set[str]]) -> list[str]:
    """The modules that lead back to themselves."""
    reached = {module: graph[module] & graph.keys() - {module} for module in graph}
    while True:
        further = {module: set().union(found, *(reached[one] for one in found)) for module, found in reached.items()}
        if further == reached:
            return sorted(module for module, found in reached.items() if module in found)
        reached = further


def test_a_circle_is_found():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == ["a", "b", "c"]
