"""How the processes of pytest-xdist share the tests: one at a time goes to a free one, but for what is better kept together.

xdist's own groups are no groups with this pytest, of which a test's id cannot be changed: every test went its own way.
"""

from zlib import crc32

from xdist.scheduler import LoadScopeScheduling

# More browsers at a time get in each other's way.
BROWSERS = 4
BROWSER = "tests/browser/"
# What the first of them makes takes seconds, and serves the others.
TOGETHER = (
    "tests/assetlink_site/test_deployment.py",
    "tests/chaos/test_promises.py",
    "tests/house/test_prepare.py",
    "tests/sandbox/catalog/test_drawn_shop.py",
)


class Sharing(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return share_of(nodeid)


def share_of(nodeid: str) -> str:
    """Tests of one share run in one process, one after another."""
    room = nodeid.partition("::")[0]
    if room.startswith(BROWSER):
        return f"browser {crc32(nodeid.encode()) % BROWSERS}"
    return room if room in TOGETHER else nodeid
