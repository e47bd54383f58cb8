"""The app as benches run it: in a database of its own, without a queue."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOBODY = "redis://127.0.0.1:1/0"  # the jobs are called directly, nobody waits for an entry


def surroundings(database: Path) -> dict[str, str]:
    """A database that nobody will miss; its key protects tokens of a pretend store."""
    return {
        "DATABASE_URL": f"sqlite:///{database}",
        "DJANGO_SETTINGS_MODULE": "assetlink_site.settings",
        "ENCRYPTION_KEYS": "YmVuY2gtb25seS1iZW5jaC1vbmx5LWJlbmNoLW9ubHk=",
        "REDIS_URL": NOBODY,
        "SECRET_KEY": "only-for-the-bench",
    }
