"""What tests of runs share."""

import pytest


@pytest.fixture
def theatre(scene):
    """A scene whose store is quick with videos."""

    def build(*known):
        found = scene(*known)
        found.world.settings.change({"video_seconds": [0.0, 0.1]})
        return found

    return build
