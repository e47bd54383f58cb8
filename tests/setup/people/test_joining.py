"""Two members become one, with everything that was theirs."""

import uuid

import pytest
from django.utils import timezone

from linking.models import Preset, Selection, Sync
from setup.models import Invitation, Member, Person
from setup.people import invitations, joining, memberships
from setup.people.joining import CannotJoin
from setup.people.who import Refused

NOW = timezone.now


@pytest.fixture
def signed_in(environment) -> Member:
    person = Person.objects.create(name="Ada L.")
    member = memberships.new(person, environment)
    member.granted_role = "member"
    member.save()
    return member


def one_of_each(member: Member) -> None:
    """A row of every model that names a member."""
    environment = member.environment
    selection = Selection.objects.create(environment=environment, member=member)
    known = {"cloudinary_field": "f", "shopify_field": "sku", "link_mode": "append", "token": uuid.uuid4().hex}
    Sync.objects.create(environment=environment, member=member, selection=selection, **known)
    Preset.objects.create(environment=environment, owner=member, name="Shoes")
    invitations.make(environment, "viewer", made_by=member, now=NOW())


def of(member: Member) -> dict[str, int]:
    fields = joining.fields_of_members()
    return {
        f"{field.model.__name__}.{field.name}": field.model._base_manager.filter(**{field.name: member}).count()
        for field in fields
    }


def test_everything_of_the_one_is_the_others_and_the_launched_one_stays(ada, signed_in):
    one_of_each(ada)
    one_of_each(signed_in)
    before = {name: of(ada)[name] + of(signed_in)[name] for name in of(ada)}
    assert before["Selection.member"] == 2
    person = signed_in.person
    stays = joining.join(signed_in, ada, now=NOW())
    assert (stays, stays.person, of(stays)) == (ada, person, before)
    assert not Member.objects.filter(pk=signed_in.pk).exists()
    assert sorted(ada.presets.values_list("name", flat=True)) == ["Shoes", "Shoes (2)"]


def test_every_model_that_names_a_member_is_moved():
    """A new one is found by itself; say here that it was thought of."""
    names = {f"{field.model.__name__}.{field.name}" for field in joining.fields_of_members()}
    assert {"Sync.member", "Selection.member", "SelectionChain.member", "Preset.owner", "Authorization.member"} <= names
    assert {"Invitation.made_by", "Invitation.accepted_by"} <= names


@pytest.mark.parametrize(
    ("launched", "granted", "after"),
    [
        (["master_admin"], "viewer", "admin"),
        (["media_library_user"], "admin", "admin"),
        (["media_library_user"], "viewer", "member"),
        (["agency"], "member", "member"),
        (["agency"], "viewer", "viewer"),
    ],
)
def test_the_stronger_role_counts(environment, ada, signed_in, launched, granted, after):
    environment.launch_roles = {"agency": {"role": "viewer", "stores": []}}
    environment.save()
    Member.objects.filter(pk=ada.pk).update(roles=launched)
    Member.objects.filter(pk=signed_in.pk).update(granted_role=granted)
    one, other = Member.objects.get(pk=ada.pk), Member.objects.get(pk=signed_in.pk)
    joining.join(one, other, now=NOW())
    assert Member.objects.get(pk=ada.pk).role == after


def test_bounds_of_both_are_added_and_who_has_none_has_none(environment, ada, signed_in, store):
    south = environment.stores.create(domain="south.myshopify.com")
    Member.objects.filter(pk=ada.pk).update(roles=["media_library_user"])
    ada.refresh_from_db()
    memberships.bound(ada, [store])
    memberships.bound(signed_in, [south])
    joining.join(ada, signed_in, now=NOW())
    assert Member.objects.get(pk=ada.pk).bounds == {store.pk, south.pk}
    person = Person.objects.create()
    free = memberships.new(person, environment)
    free.granted_role = "member"
    free.save()
    Member.objects.filter(pk=ada.pk).update(person=None)
    joining.join(Member.objects.get(pk=ada.pk), free, now=NOW())
    assert Member.objects.get(pk=ada.pk).bounds is None


def test_a_role_that_groups_gave_goes_on_following_the_same_providers(ada, signed_in):
    Member.objects.filter(pk=ada.pk).update(roles=["media_library_user"])
    Member.objects.filter(pk=signed_in.pk).update(
        granted_role="admin", by_groups=True, groups_issuer="https://okta.example"
    )
    joining.join(Member.objects.get(pk=ada.pk), Member.objects.get(pk=signed_in.pk), now=NOW())
    stays = Member.objects.get(pk=ada.pk)
    assert (stays.granted_role, stays.by_groups, stays.groups_issuer) == ("admin", True, "https://okta.example")


def test_two_people_stay_two(environment, elsewhere, ada, signed_in):
    other = memberships.new(Person.objects.create(), environment)
    other.save()
    foreign = memberships.new(Person.objects.create(), elsewhere)
    foreign.save()
    for one, two, why in [
        (signed_in, other, Refused.TWO_PEOPLE),
        (ada, foreign, Refused.ELSEWHERE),
        (ada, ada, Refused.SAME),
    ]:
        with pytest.raises(CannotJoin) as refusal:
            joining.join(one, two, now=NOW())
        assert refusal.value.reason is why


def test_sessions_of_the_one_that_goes_end(ada, signed_in):
    began = NOW().timestamp() - 1
    joining.join(ada, signed_in, now=NOW())
    assert not Member.objects.get(pk=ada.pk).has_ended(began)
    assert not Member.objects.filter(pk=signed_in.pk).exists()
    assert not Invitation.objects.filter(accepted_by=None, accepted__isnull=False).exists()
