"""Who asks, and how much is left of the hour, https://cloudinary.com/documentation/admin_api."""

import hmac

from flask import Request

from sandbox.cloudinary.environment import Environment
from sandbox.cloudinary.errors import Refused
from sandbox.cloudinary.spending import Spending
from sandbox.world import World


def environment_of(world: World, cloud_name: str) -> Environment:
    """Raises Refused."""
    environment = world.environment(cloud_name)
    if environment is None:
        raise Refused(401, f"Invalid cloud_name {cloud_name}")
    return environment


def check_key(world: World, environment: Environment, request: Request) -> None:
    """Basic authentication with key and secret. Raises Refused."""
    given = request.authorization
    if given is None or given.type != "basic" or not given.username:
        raise Refused(401, "Must supply api_key and api_secret")
    check_owner(world, environment, given.username)
    if not hmac.compare_digest((given.password or "").encode(), environment.keys.api_secret.encode()):
        raise Refused(401, "api_secret mismatch")


def check_owner(world: World, environment: Environment, api_key: str) -> None:
    """Raises Refused unless the key is one of this environment."""
    if api_key == environment.keys.api_key:
        return
    if any(api_key == known.keys.api_key for known in world.environments):
        raise Refused(401, "cloud_name mismatch")
    raise Refused(401, "unknown api_key")


def spend(environment: Environment, *, searching: bool) -> None:
    """One call of the Admin API. Raises Refused when nothing is left."""
    with environment.lock:
        for spending in limits(environment, searching=searching):
            if not spending.spend():
                limit, reset = spending.limit, spending.reset
                break
        else:
            return
    raise Refused(
        420, f"Rate Limit Exceeded. Limit of {limit} api operations reached. Try again on {reset:%Y-%m-%d %H:%M:%S} UTC"
    )


def limits(environment: Environment, *, searching: bool) -> list[Spending]:
    """What a call counts against; the first one is what its answer tells of."""
    own = [environment.searches] if searching and environment.searches.limit else []
    return [*own, environment.spending]
