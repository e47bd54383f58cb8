from tests.sandbox.world.conftest import served

__all__ = ["served"]
