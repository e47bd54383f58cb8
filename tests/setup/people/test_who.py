"""Who somebody is: nobody becomes somebody else, in whatever order launches, invitations and sign-ins come."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from setup.people.who import (
    GROUPS_HOLD,
    Adding,
    Address,
    Known,
    Membership,
    Out,
    Refused,
    Standing,
    granted,
    spelled,
    stronger,
    survivor,
    whose,
    why_out,
)

ADA, EVE = "ada@example.com", "eve@example.com"


@dataclass
class World:
    """People as rows would keep them, and who truly came in as each: `humans`."""

    people: dict[int, Address] = field(default_factory=dict)
    identities: dict[tuple[str, str], int] = field(default_factory=dict)
    humans: dict[int, set[str]] = field(default_factory=dict)

    def sign_in(self, human: str, issuer: str, subject: str, address: Address, adding: int | None = None) -> int | None:
        same = tuple((key, theirs) for key, theirs in self.people.items() if theirs.text == address.text)
        known = Known(self.identities.get((issuer, subject)), same)
        found = whose(address, known, Adding(adding) if adding is not None else None)
        if found.refused:
            return None
        key = found.person if found.person is not None else len(self.people) + 1
        theirs = self.people.setdefault(key, Address())
        if found.learns:
            self.identities[issuer, subject] = key
        free = not any(other != key and address.proves(one) for other, one in self.people.items())
        if address.verified and free:
            self.people[key] = address
        elif not theirs.text:
            self.people[key] = Address(address.text)
        self.humans.setdefault(key, set()).add(human)
        return key


# Ada's mailbox is hers: who verifies it says so of her alone. Eve may write any address into any account of hers.
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("ada"), st.sampled_from(["okta", "google", "email"]), st.booleans()),
        st.tuples(st.just("eve"), st.sampled_from(["okta", "google", "cloudinary"]), st.sampled_from([ADA, EVE, ""])),
        st.tuples(st.just("eve adds"), st.sampled_from(["okta", "google"]), st.sampled_from([ADA, EVE])),
        st.tuples(st.just("ada adds"), st.sampled_from(["okta", "google"]), st.booleans()),
    ),
    max_size=12,
)


@given(STEPS)
def test_nobody_gets_into_somebody_elses_person_by_an_address_they_wrote(steps):
    world, persons = World(), dict[str, int]()
    for who, issuer, said in steps:
        human = who.split()[0]
        if who.endswith("adds") and human not in persons:
            continue
        adding = persons[human] if who.endswith("adds") else None
        verified = (bool(said) or issuer == "email") if human == "ada" else said == EVE
        address = Address(ADA if human == "ada" else str(said), verified)
        subject = ADA if issuer == "email" else f"{human} at {issuer}"
        key = world.sign_in(human, issuer, subject, address, adding)
        if key is not None:
            persons.setdefault(human, key)
    assert all(len(humans) == 1 for humans in world.humans.values())


@given(st.permutations(["okta", "google", "email", "cloudinary"]))
def test_who_proves_the_same_address_by_several_ways_is_one_person(ways):
    world = World()
    found = {world.sign_in("ada", way, ADA if way == "email" else f"ada at {way}", Address(ADA, True)) for way in ways}
    assert len(found) == 1


@pytest.mark.parametrize("mine", [True, False])
@pytest.mark.parametrize("theirs", [True, False])
def test_an_equal_address_counts_where_both_have_proved_it(mine, theirs):
    known = Known(None, ((7, Address(ADA, theirs)),))
    assert whose(Address(ADA, mine), known).person == (7 if mine and theirs else None)


def test_a_known_identity_stays_who_it_was_whatever_address_it_has_now():
    known = Known(7, ((8, Address(ADA, True)),))
    assert whose(Address(ADA, True), known).person == 7


def test_what_is_somebody_elses_is_not_added():
    theirs = Known(None, ((8, Address(ADA, True)),))
    assert whose(Address(), Known(8), Adding(7)).refused is Refused.SOMEBODY_ELSES
    assert whose(Address(ADA, True), theirs, Adding(7)).refused is Refused.SOMEBODY_ELSES
    assert whose(Address(ADA), theirs, Adding(7)).person == 7


MEMBERS = st.builds(
    Membership,
    member=st.integers(1, 3),
    environment=st.integers(1, 2),
    person=st.sampled_from([None, 1, 2]),
    launched=st.booleans(),
)


@given(MEMBERS, MEMBERS)
def test_members_are_joined_within_an_environment_and_never_two_people(one, other):
    found = survivor(one, other)
    if isinstance(found, Membership):
        assert one.environment == other.environment
        assert None in (one.person, other.person) or one.person == other.person
        assert found.launched or not (one.launched or other.launched)
        assert found in (one, other)
    else:
        assert survivor(other, one) is found


@given(st.text(max_size=40))
def test_an_address_is_spelled_one_way(text):
    once = spelled(text)
    assert spelled(once) == once
    assert spelled(text.swapcase()) == once or not text.isascii()


@pytest.mark.parametrize(
    ("one", "other"),
    [("stra\u00dfe@a.de", "strasse@a.de"), ("ad\u0131@a.de", "adi@a.de"), ("\u212aim@a.de", "kim@a.de")],
)
def test_letters_that_only_look_alike_make_different_addresses(one, other):
    assert spelled(one) != spelled(other)
    assert spelled(one) == spelled(one.replace("@a.de", "@A.DE"))


OKTA = "https://okta.example"
RULES = [(OKTA, "admins", "demo", "admin"), (OKTA, "all", "demo", "viewer"), (OKTA, "all", "two", "member")]


def test_groups_count_of_the_provider_that_the_rule_names_and_the_strongest_role():
    assert granted(RULES, OKTA, ["all", "admins"]) == {"demo": "admin", "two": "member"}
    assert granted(RULES, OKTA, ["all"]) == {"demo": "viewer", "two": "member"}
    assert granted(RULES, "https://other.example", ["admins"]) == {}
    assert granted([(OKTA, "all", "demo", "owner")], OKTA, ["all"]) == {}


def test_the_stronger_of_roles():
    assert stronger("viewer", "admin", "") == "admin"


NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
STANDINGS = st.builds(
    Standing,
    removed=st.booleans(),
    by_groups=st.booleans(),
    asked=st.sampled_from([None, NOW, NOW - GROUPS_HOLD, NOW - GROUPS_HOLD - timedelta(seconds=1)]),
)


@given(STANDINGS)
def test_a_role_by_groups_lets_in_while_the_provider_was_asked_a_day_ago_at_most(one):
    fresh = one.asked is not None and NOW - one.asked <= timedelta(days=1)
    assert one.lets_in(NOW) == (not one.removed and (fresh or not one.by_groups))


@given(st.lists(STANDINGS.filter(lambda one: not one.lets_in(NOW)), max_size=3), st.booleans())
def test_why_somebody_may_go_nowhere_is_true_of_one_of_their_members(standings, withheld):
    out = why_out(standings, withheld=withheld)
    assert (out is Out.NOBODY) == (not standings and not withheld)
    if out is Out.REMOVED:
        assert all(one.removed and not one.by_groups for one in standings)
    if out is Out.NOT_ASKED:
        assert any(one.lapsed(NOW) and not one.removed for one in standings)
    if out is Out.NO_GROUP:
        assert not withheld
        assert any(one.removed and one.by_groups for one in standings)
    assert withheld or out is not Out.WITHHELD
