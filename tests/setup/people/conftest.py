import pytest
from django.utils import timezone

from setup.models import Environment, Member, Store
from tests.setup.security.test_launch import SECRET


def made(cloud_name: str) -> Environment:
    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "console", "launch_secret": SECRET}
    return Environment.objects.create(cloud_name=cloud_name, **known)


@pytest.fixture
def environment(db) -> Environment:
    return made("demo")


@pytest.fixture
def elsewhere(db) -> Environment:
    return made("elsewhere")


@pytest.fixture
def ada(environment) -> Member:
    """An admin, as a launch makes one."""
    known = {"name": "Ada", "email": "ada@example.com", "roles": ["master_admin"], "last_launch": timezone.now()}
    return Member.objects.create(environment=environment, external_id="u1", **known)


@pytest.fixture
def store(environment) -> Store:
    return Store.objects.create(environment=environment, domain="north.myshopify.com", name="North")
