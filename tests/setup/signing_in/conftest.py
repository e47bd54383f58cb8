"""The pretend providers, and what was proved to the door that makes sessions."""

from collections.abc import Iterator

import pytest
from django.http import HttpResponse

from setup.people.proofs import Proof
from setup.signing_in import discovery
from setup.views import sign_in
from tests.scenes import catalog, served
from tests.signing_in import company


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Iterator[tuple]:
    """(world, address) of a sandbox without goods."""
    with served(catalog([], []), tmp_path_factory.mktemp("place"), host="localhost") as found:
        yield found


@pytest.fixture
def world(place, settings):
    world, url = place
    world.faults.clear()
    settings.OIDC_PROVIDERS = company(url)
    world.app_url = settings.APP_URL
    discovery.forget()
    return world


@pytest.fixture
def proofs(monkeypatch) -> list[Proof]:
    """What ways of signing in prove: whom it means is setup.people's, and tested there."""
    found: list[Proof] = []

    def enter(request, proof: Proof) -> HttpResponse:
        found.append(proof)
        return HttpResponse(request.session[sign_in.NEXT])

    monkeypatch.setattr(sign_in, "enter", enter)
    return found
