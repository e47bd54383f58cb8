from setup.models.environments import Environment, Member
from setup.models.launches import UsedLaunch
from setup.models.stores import Store

__all__ = ["Environment", "Member", "Store", "UsedLaunch"]
