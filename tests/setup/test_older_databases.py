"""A database older than the first release: it is refused with what to do, and stays as it is."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_database_older_than_the_first_release_is_refused_and_left_as_it_is(tmp_path):
    database = tmp_path / "older.sqlite3"
    with sqlite3.connect(database) as older:
        older.execute("CREATE TABLE django_migrations (id integer PRIMARY KEY, app text, name text, applied datetime)")
        older.execute("INSERT INTO django_migrations VALUES (1, 'setup', '0001_initial', '2026-01-01 00:00:00')")
        older.execute("CREATE TABLE setup_environment (id integer PRIMARY KEY)")
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{database}",
        "DJANGO_SETTINGS_MODULE": "assetlink_site.settings",
    }
    command = [sys.executable, "manage.py", "migrate", "setup"]
    migrated = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert migrated.returncode == 1
    assert "made before AssetLink's first release" in migrated.stderr
    assert "Traceback" not in migrated.stderr
    with sqlite3.connect(database) as older:
        tables = {name for (name,) in older.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {name for name in tables if name.startswith("setup_")} == {"setup_environment"}
