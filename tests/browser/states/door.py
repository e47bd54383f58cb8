"""Coming in without the Console: signing in, invitations, who is who, what was handed over, and what viewers and members of some
stores see."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from linking.selection import addresses
from setup.models import Environment, Identity, Invitation, Member, Passkey, Person
from setup.people import invitations, memberships
from setup.signing_in import discovery
from tests.browser import bar
from tests.browser.states.stage import Stage
from tests.scenes import Scene, asset, product
from tests.setup.people.entrances import sign_in
from tests.signing_in import company


def way_in(stage: Stage, **known) -> Scene:
    """With a provider and e-mail set up; Ada, a Master admin of the Console."""
    scene = stage.furnish([product("a", title="Oak chair", pictures=1)], [asset("front", "a")], **known)
    stage.settings.APP_URL = stage.address
    stage.settings.OIDC_PROVIDERS = company(scene.url)
    stage.settings.EMAIL_HOST, stage.settings.DEFAULT_FROM_EMAIL = "mail.example.com", "AssetLink <a@example.com>"
    discovery.forget()
    Member.objects.update(email="ada@fjordandfern.example", last_launch=timezone.now())
    scene.member.refresh_from_db()
    return scene


def somebody(scene: Scene, name: str, role: str, **known) -> Member:
    """Who signs in."""
    address = f"{name.split()[0].lower()}@fjordandfern.example"
    person = Person.objects.create(name=name, email=address, email_verified=True)
    Identity.objects.create(person=person, issuer=f"{scene.url}/identity", subject=name, last_used=timezone.now())
    member = memberships.new(person, scene.environment)
    member.granted_role, member.last_sign_in = role, timezone.now()
    memberships.bound(member, known.get("stores"))
    return member


def signs_in(stage: Stage, member: Member) -> None:
    stage.leave()
    sign_in(stage.client, member)
    name = stage.settings.PERSON_COOKIE_NAME
    cookie = {"name": name, "value": stage.client.cookies[name].value, "url": stage.address}
    stage.page.context.add_cookies([cookie])


def people_of_all_kinds(stage: Stage) -> None:
    scene = way_in(stage, role="master_admin", stores=2)
    agency = somebody(scene, "Ravi Menon", "member", stores=scene.stores[:1])
    somebody(scene, "Vi Holt", "viewer")
    gone = somebody(scene, "Gone Away", "member")
    memberships.remove(gone, now=timezone.now())
    launched = Member.objects.create(
        environment=scene.environment,
        external_id="u2",
        name="Jonas",
        roles=["media_library_user"],
        last_launch=timezone.now(),
    )
    invitations.make(
        scene.environment, "member", email="new@agency.example", stores=scene.stores[:1], now=timezone.now()
    )
    invitations.make(scene.environment, "admin", made_by=scene.member, now=timezone.now())
    page = stage.shows("/setup/people/", "People of all kinds", "Open invitations")
    page.get_by_role("button", name="Invite", exact=True).click()
    expect(page.locator("#address")).to_be_visible()
    stage.look(page, "An invitation is made", by_address=False)
    stage.shows(f"/setup/people/{agency.pk}/", "A person who writes to one store", "The same person as")
    stage.shows(f"/setup/people/{launched.pk}/", "A person of the Console", "What they may do")
    stage.shows(f"/setup/people/{gone.pk}/", "A person who was removed", "Let in again")


def signing_in(stage: Stage) -> None:
    scene = way_in(stage, role="master_admin", stores=2)
    made, address = invitations.make(scene.environment, "viewer", made_by=scene.member, now=timezone.now())
    path = address.removeprefix(stage.address)
    stage.leave()
    stage.shows("/sign-in", "Sign in", "Sign in to AssetLink")
    stage.shows("/sign-in/with/fjord/callback?state=x", "A sign-in that is refused", "Sign in to AssetLink")
    stage.shows(path, "An invitation", "You are invited")
    Invitation.objects.filter(pk=made.pk).delete()
    stage.shows(path, "An invitation that does not work", "is no longer valid")
    page = stage.visit("/sign-in")
    page.get_by_label("E-mail address").fill("ada@elsewhere.example")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Enter the code")).to_be_visible()
    stage.look(page, "A code is asked for")
    page = stage.visit("/sign-in")
    page.get_by_role("button", name="Continue with Fjord").click()
    page.get_by_role("button", name="Ada Berg").click()
    expect(page.get_by_role("heading", name="Nobody has invited you yet")).to_be_visible()
    stage.look(page, "Nobody invited this person", by_address=False)
    jonas = somebody(scene, "Jonas Lind", "member")
    Member.objects.filter(pk=jonas.pk).update(by_groups=True, groups_issuer="https://id.elsewhere.example")
    maren = somebody(scene, "Maren Holt", "member")
    memberships.remove(maren, now=timezone.now())
    for name, heading, state in (
        ("Jonas Lind", "You can’t sign in right now", "The provider whose groups count has to be asked"),
        ("Maren Holt", "Your access was removed", "An admin removed this person"),
    ):
        page = stage.visit("/sign-in")
        page.get_by_role("button", name="Continue with Fjord").click()
        page.get_by_role("button", name=name).click()
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        stage.look(page, state, by_address=False)


def who_one_is(stage: Stage) -> None:
    scene = way_in(stage, stores=2)
    page = stage.shows("/session/you/", "You, from the Console", "Ways to sign in")
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Sign in as well").click()
    tab = opened.value
    tab.get_by_role("button", name="Continue with Fjord").click()
    tab.get_by_role("button", name="Tove Dahl").click()
    expect(tab.get_by_role("heading", name="Are both of these you?")).to_be_visible()
    stage.look(tab, "Both you?", by_address=False)
    tab.close()
    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "i", "launch_secret": "s"}
    other = Environment.objects.create(cloud_name="fjord-and-fern-wholesale-nordics", **known)
    ravi = somebody(scene, "Ravi Menon", "member", stores=scene.stores[:1])
    Member.objects.create(
        environment=other, external_id="p2", person=ravi.person, name="Ravi Menon", granted_role="admin"
    )
    Passkey.objects.create(person=ravi.person, credential_id="c", public_key="k", name="Laptop")
    signs_in(stage, ravi)
    stage.shows("/session/you/", "You, signed in, in two environments", "You are here")


def handed_over(stage: Stage) -> None:
    scene = way_in(stage)
    ids, now = list(scene.world.environments[0].assets), timezone.now()

    def path(note: str = "", before: timedelta = timedelta()) -> str:
        address = addresses.hand_over(
            scene.environment, ids, said_by="The DAM of Fjord & Fern", note=note, now=now - before
        )[1]
        return address.removeprefix(stage.address)

    ready = path("For the spring launch.\nPlease link them by Friday.")
    page = stage.shows(ready, "Assets that were handed over", "Somebody handed an asset over to you")
    stage.shows(path(before=timedelta(days=2)), "Assets that were handed over, too late", "has expired")
    page = stage.visit(ready)
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page.get_by_role("heading", name="Link to Products")).to_be_visible()
    stage.shows(ready, "Assets that one has opened", "You opened it yourself")
    signs_in(stage, somebody(scene, "Ravi Menon", "member"))
    stage.shows(ready, "Assets that somebody else has opened", "Ask for another address")
    signs_in(stage, somebody(scene, "Vi Holt", "viewer"))
    stage.shows(path(), "Assets that were handed over to a viewer", "You may read and download here")


def from_the_side_of_shopify(stage: Stage) -> None:
    shelf = [product("a", title="Oak chair", pictures=3), product("b", title="Oak table", status="DRAFT")]
    stage.furnish(shelf, [asset("front", "a"), asset("side", "a", 1)], stores=2)
    page = stage.shows("/assets/?q=oak", "Products of what was typed", "Products of North")
    page.get_by_role("button", name="Gallery and assets of Oak chair").first.click()
    expect(page.get_by_text("2 assets would match")).to_be_visible()
    stage.look(page, "A product and the assets that would match", by_address=False)
    stage.shows(
        "/assets/?q=https%3A%2F%2Fshop.example%2Fproducts%2Fproduct-b", "A product by its address", "no pictures yet"
    )


def some_stores_only(stage: Stage) -> None:
    scene = way_in(stage, stores=2)
    both = scene.run(scene.select(), dry_run=True)
    memberships.bound(scene.member, scene.stores[:1])
    path = stage.board()
    page = stage.visit(path, "Oak chair")
    bar.opened(page, "stores")
    expect(page.get_by_role("checkbox", name="South", exact=True)).to_be_disabled()
    expect(page.locator("#pop-stores")).to_contain_text("You may not write to this store")
    stage.look(page, "Stores, one of them not to be written to")
    page = stage.shows(f"{path}upload", "An upload to some stores only", "You may not write to this store")
    expect(page.get_by_role("checkbox", name="South")).to_be_disabled()
    page = stage.shows(
        f"/syncs/{both.key}/", "A plan for a store that one may not write to", "You may not write to South"
    )
    expect(page.get_by_role("button", name="Apply this plan")).to_have_count(0)


def what_viewers_see(stage: Stage) -> None:
    scene = way_in(stage, stores=2)
    done = scene.run(scene.select())
    signs_in(stage, somebody(scene, "Vi Holt", "viewer"))
    stage.shows("/assets/", "Choose Assets, for viewers", "1 asset matches")
    stage.shows("/", "Link to Products, for viewers", "You may read and download here")
    stage.shows("/syncs/", "History, for viewers", "History")
    page = stage.shows(f"/syncs/{done.key}/", "A run, for viewers", "You are a viewer here")
    for name in ("Undo", "Run again"):
        expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
    page = stage.shows("/links/", "Links, for viewers", "Oak chair")
    expect(page.get_by_role("checkbox").or_(page.locator("#check-links, #unlink-picked"))).to_have_count(0)
    stage.shows("/setup/", "Setup, for viewers", "You can see the setup")
