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
# What takes longest, by itself or by what it waits for: begun at the end, the other processes would have nothing left to do.
LONGEST = (
    "tests/assetlink_site/test_deployment.py",
    "tests/awkward/",
    "tests/chaos/",
    "tests/house/test_demo.py",
    "tests/house/test_prepare.py",
    "tests/linking/operations/doctor/test_command.py",
    "tests/linking/operations/test_last_release.py",
    "tests/linking/operations/test_redis_state.py",
    "tests/linking/syncing/test_given_back.py",
    "tests/linking/syncing/test_runs.py",
    "tests/linking/syncing/test_unconfirmed.py",
    "tests/live/",
    "tests/routes/",
    "tests/setup/management/test_connect_world.py",
    "tests/setup/security/test_access.py",
    "tests/setup/views/test_hostile_texts.py",
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


def turn_of(nodeid: str) -> tuple[bool, int]:
    """By which tests are sorted: browsers begin first, the longest are drawn into the first half, all by their names. What waits
    and what computes would else lie together, as rooms do, and the cores be idle in the one part and too few in the other."""
    drawn = crc32(nodeid.encode())
    return not nodeid.startswith(BROWSER), drawn // 2 if nodeid.startswith(LONGEST) else drawn
