"""What claims say, whatever JSON they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from setup.signing_in import claims, tokens

SIMPLE = st.sampled_from([None, True, False, 0, -1.5, "", "true", "a@b.example", "x\0", "é", " ", "\ud800", "y" * 300])
JSON = SIMPLE | st.lists(SIMPLE, max_size=2) | st.dictionaries(st.sampled_from(["a", "groups"]), SIMPLE, max_size=2)
NAMES = ("email", "email_verified", "name", "given_name", "family_name", "preferred_username", "groups")
CLAIMS = st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, JSON))


@given(token=CLAIMS, userinfo=CLAIMS, trusted=st.booleans())
def test_an_address_is_verified_by_the_source_that_names_it_alone_and_only_if_it_is_trusted(token, userinfo, trusted):
    said = claims.said(token, userinfo, "groups", trusted=trusted)
    source = token if isinstance(token.get("email"), str) and token["email"].replace("\0", "") else userinfo
    assert said.email_verified == (trusted and bool(said.email) and source.get("email_verified") is True)
    assert not said.email_verified or claims.cut(source["email"]) == said.email
    assert all(isinstance(group, str) and group for group in said.groups)
    assert len(said.name) <= 255


def test_one_source_does_not_vouch_for_the_address_of_the_other():
    token, userinfo = {"email": "maren@x.example"}, {"email": "eve@x.example", "email_verified": True}
    said = claims.said(token, userinfo, "", trusted=True)
    assert (said.email, said.email_verified) == ("maren@x.example", False)
    said = claims.said({"email_verified": True}, {"email": "maren@x.example"}, "", trusted=True)
    assert (said.email, said.email_verified) == ("maren@x.example", False)


def test_groups_have_a_name_or_a_path():
    assert claims.groups_of({"groups": "one"}, "groups") == ("one",)
    assert claims.groups_of({"realm_access": {"roles": ["a", 1, "b", "a"]}}, "realm_access.roles") == ("a", "b")
    assert claims.groups_of({"https://x.example/groups": ["a"]}, "https://x.example/groups") == ("a",)
    assert claims.groups_of({"groups": ["a"]}, "") == ()


def test_a_group_counts_however_many_there_are():
    assert len(claims.groups_of({"groups": [f"g{at}" for at in range(3000)]}, "groups") or ()) == 3000


ELSEWHERE = {"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": "https://graph.example/"}}}


@pytest.mark.parametrize(
    "token", [ELSEWHERE, {"hasgroups": True}, {"groups": {"a": 1}}, {"groups": [{"id": "a"}]}, {"groups": 7}]
)
def test_groups_that_are_not_said_are_not_none(token):
    said = claims.said(token, {}, "groups", trusted=True)
    assert (said.groups, said.groups_known) == ((), False)
    assert claims.lacks(token, "openid", "groups")
    assert claims.said(token, {"groups": ["a"]}, "groups", trusted=True).groups_known
    assert claims.said(token, {}, "", trusted=True).groups_known  # nobody wants to know


@pytest.mark.parametrize(
    "token", [{}, {"groups": None}, {"groups": []}, {"groups": ""}, {"_claim_names": {"x": "src1"}}]
)
def test_no_groups_are_said_by_none_or_by_nothing(token):
    said = claims.said(token, {}, "groups", trusted=True)
    assert (said.groups, said.groups_known) == ((), True)


@given(st.text(alphabet='abc.=-_{}"é', max_size=40))
def test_a_header_is_read_of_any_text(text):
    assert isinstance(tokens.header_of(text), dict)
