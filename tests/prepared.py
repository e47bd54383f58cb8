"""python -m tests.prepared: once, and beside the checks, what every process of the tests would do by itself first: the tables of
SQLite are made, and the tests are compiled with what their assertions tell."""

import contextlib
import io
import sys

import pytest

from tests import migrated

if __name__ == "__main__":
    migrated.kept()
    with contextlib.redirect_stdout(io.StringIO()) as said:
        code = pytest.main(["--collect-only", "-qqq"])
    if code:
        sys.exit(said.getvalue())
