"""Alt texts on the page: every edit, its answer, its way back, and what is refused."""

import json
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from linking.models import AssetJob, Selection
from linking.selection.alt_texts import working
from linking.selection.alt_texts.asking import suggest, suggestible
from setup.models import Environment, Member
from tests.linking.visits import ask_and_answer, enter, text_of
from tests.scenes import asset, product


@pytest.fixture
def place(scene):
    assets = [
        asset("own", "a", 0, context={"alt": "Its own words", "title": "A title"}),
        asset("titled", "a", 1, context={"title": "A titled chair"}),
        asset("bare", "b", 2),
    ]
    built = scene([product("a")], assets)
    built.world.settings.change({"caption_seconds": [0, 0]})
    type(built.environment).objects.update(captions="on")
    built.environment.refresh_from_db()
    return built


class Visit:
    """A member at the page of a selection."""

    def __init__(self, client, place) -> None:
        self.selection = place.select()
        self.client = enter(client, place.member, self.selection)

    def post(self, do: str, **given):
        """As the page does."""
        return self.script(do, headers={"HX-Request": "true"}, **given)

    def script(self, do: str, headers: dict | None = None, **given):
        version = given.pop("version", Selection.objects.get(pk=self.selection.pk).version)
        fields = {"do": do, "version": version} | given
        return self.client.post(f"/selections/{self.selection.key}/alts/", fields, headers=headers)

    def get(self, name: str = "alts/"):
        return self.client.get(f"/selections/{self.selection.key}/{name}", headers={"HX-Request": "true"})

    def alt(self, at: int) -> str | None:
        return self.selection.assets.get(place=at).alt

    def proposed(self) -> None:
        job, _ = suggest(self.selection, suggestible(self.selection.assets.all()), now=timezone.now())
        while working.work_on_assets(job.pk):
            pass


@pytest.fixture
def visit(client, place) -> Visit:
    return Visit(client, place)


def reported(response) -> str:
    return json.loads(response["HX-Trigger"])["announce"]


def ids(response) -> set[str]:
    return set(re.findall(r'\sid="([^"]+)"', response.content.decode()))


def test_a_typed_text_is_kept_and_the_answer_shows_where_it_comes_from(visit):
    answer = visit.post("alt", at=0, value="Typed by hand")
    assert visit.alt(0) == "Typed by hand"
    assert "Typed 13 characters" in text_of(answer)
    assert reported(answer) == "Alt text of own changed."
    assert answer["HX-Reswap"] == "none"


def test_a_text_beyond_the_advised_length_is_kept_with_advice(visit):
    assert "126 characters; at most 125 are best" in text_of(visit.post("alt", at=0, value="x" * 126))


def test_a_text_beyond_shopifys_length_is_refused_where_it_was_typed(visit):
    answer = visit.post("alt", at=0, value="x" * 513)
    assert (answer.status_code, visit.script("alt", at=0, value="x" * 513).status_code) == (200, 422)
    assert "at most 512 characters; this one has 513. Shorten it." in text_of(answer)
    assert "<textarea" not in answer.content.decode()  # what was typed stays in its field
    assert visit.alt(0) is None


def test_an_edit_on_an_older_state_gets_the_fresh_board_and_changes_nothing(visit):
    visit.post("alt", at=0, value="First")
    answer = visit.post("alt", at=0, value="Second", version=0)
    assert (answer.status_code, answer["AssetLink-Stale"]) == (200, "true")  # it is no error in the browser's console
    assert answer["HX-Retarget"] == "#board"
    assert visit.alt(0) == "First"


@pytest.mark.parametrize("address", ["http://[", "https://[::1", "//", "x" * 4000])
def test_a_browser_may_say_anything_of_the_page_it_shows(visit, address):
    headers = {"HX-Request": "true", "HX-Current-URL": address}
    given = {"do": "alt", "at": 0, "value": "Late", "version": 99}
    assert visit.client.post(f"/selections/{visit.selection.key}/alts/", given, headers=headers)["AssetLink-Stale"]


@pytest.mark.parametrize(("tab", "board"), [("", "link-arrange"), ("upload", "upload-edit")])
def test_an_edit_on_an_older_state_gets_the_board_of_the_tab_it_was_made_on(visit, tab, board):
    key = visit.selection.key
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver/selections/{key}/{tab}"}
    given = {"do": "alt", "at": 0, "value": "Late", "version": 99}
    answer = visit.client.post(f"/selections/{key}/alts/", given, headers=headers)
    assert answer["AssetLink-Stale"]
    shown = re.search(r'data-edit-url="([^"]+)"', answer.content.decode())[1]
    assert shown == reverse(board, args=[key])


def test_every_edit_can_be_taken_back_once(visit):
    visit.post("alt", at=0, value="First")
    visit.post("alt", at=0, value="Second")
    visit.post("take-back")
    assert visit.alt(0) == "First"
    assert visit.script("take-back").status_code == 422


def test_filling_from_a_field_tells_beforehand_how_many_it_fills(visit):
    body = visit.get()
    assert "title (context) · fills 1 of 2" in text_of(body)
    answer = visit.post("fill", field="context:title")
    assert reported(answer) == "1 alt text filled from title (context)."
    assert [visit.alt(at) for at in (0, 1, 2)] == [None, "A titled chair", None]
    visit.post("take-back")
    assert visit.alt(1) is None


def test_suggestions_are_asked_for_shown_and_accepted_one_by_one(visit):
    visit.post("suggest")
    assert AssetJob.objects.get().state == "waiting"
    working.work_on_assets(AssetJob.objects.get().pk)
    assert "2 suggestions to review" in text_of(visit.get())
    answer = visit.post("accept", at=1)
    assert "1 suggestion to review" in text_of(answer)
    assert answer["HX-Retarget"] == "#captions"
    visit.post("accept", at=2, value="In my words")
    assert visit.alt(1).endswith("picture of titled")
    assert visit.alt(2) == "In my words"


def test_all_proposals_are_accepted_or_rejected_in_one_go_and_taken_back_in_one(visit):
    visit.proposed()
    visit.post("accept-all", count=2)
    assert None not in (visit.alt(1), visit.alt(2))
    visit.post("take-back")
    assert (visit.alt(1), visit.alt(2)) == (None, None)
    visit.post("reject-all", count=2)
    assert set(visit.selection.assets.values_list("caption_state", flat=True)) == {"", "rejected"}


def test_more_proposals_than_were_seen_are_not_accepted_unseen(visit):
    visit.proposed()
    answer = visit.script("accept-all", count=1)
    assert answer.status_code == 422
    assert "More suggestions have come in" in text_of(answer)
    assert visit.alt(1) is None


def test_one_asset_can_be_asked_about_by_itself(visit):
    visit.post("suggest", at=0)
    assert list(visit.selection.assets.filter(caption_state="asked").values_list("place", flat=True)) == [0]


def test_several_that_were_selected_are_asked_about(visit):
    visit.post("suggest", a="0-1")
    assert set(visit.selection.assets.filter(caption_state="asked").values_list("place", flat=True)) == {0, 1}


def test_captions_that_admins_turned_off_are_not_asked_for(visit, place):
    Environment.objects.update(captions="off")
    answer = visit.post("suggest")
    assert "AI captions are off" in reported(answer)
    assert not AssetJob.objects.exists()
    assert "An admin can turn them on in Setup" in text_of(visit.get())


def known_of(place, **kept) -> None:
    """What Cloudinary said of the add-on, where no admin has chosen."""
    now = timezone.now().isoformat()
    Environment.objects.update(captions="auto", add_on={"at": now, "tried": now, "counted": now} | kept)


@pytest.mark.parametrize("kept", [{}, {"state": "absent"}, {"state": "refused"}, {"unasked": "away"}])
def test_captions_are_not_offered_where_the_add_on_does_not_answer(visit, place, kept):
    known_of(place, **kept)
    assert "Suggest" not in visit.client.get(f"/selections/{visit.selection.key}/link/").content.decode()
    assert "AI" not in text_of(visit.get())
    assert "does not answer" in reported(visit.post("suggest"))
    assert not AssetJob.objects.exists()


def test_captions_are_offered_by_themselves_where_it_answers_with_what_they_cost(visit, place):
    known_of(place, state="answers", left=1, limit=48)
    assert (
        "1 of 48 AI captions left this month."
        in visit.client.get(f"/selections/{visit.selection.key}/").content.decode()
    )
    said = text_of(visit.get())
    assert "Each image counts once in the add-on’s monthly quota. 1 of 48 AI captions left this month." in said
    assert "It does not reach for 1 image." in said
    assert "1 of 48 AI captions left this month." in reported(visit.post("suggest", at=1))


def test_a_quota_that_is_used_up_says_when_it_comes_back(visit, place):
    known_of(place, state="used_up", until="2099-01-01T00:00:00+00:00")
    assert "This month’s quota of AI captions is used up. It comes back on 1 Jan 2099." in text_of(visit.get())
    assert "It comes back on 1 Jan 2099." in reported(visit.post("suggest"))


def test_the_poll_says_nothing_until_something_has_changed_and_ends_by_itself(visit, place):
    visit.post("suggest")
    body = visit.get().content.decode()
    poll = re.search(r'hx-get="([^"]*alts/work/[^"]*)"', body)[1].replace("&amp;", "&")
    assert visit.client.get(poll).status_code == 204
    working.work_on_assets(AssetJob.objects.get().pk)
    answer = visit.client.get(poll)
    assert "2 of 2 images described." in reported(answer)
    assert "hx-trigger" not in answer.content.decode()


def test_a_job_is_stopped_from_the_page(visit):
    visit.post("suggest")
    visit.post("stop", kind="captions")
    assert AssetJob.objects.get().state == "done"
    assert not visit.selection.assets.filter(caption_state="asked").exists()


def test_a_missing_subscription_is_reported_on_the_page(visit, place):
    place.world.settings.change({"captions": "absent"})
    visit.post("suggest")
    working.work_on_assets(AssetJob.objects.get().pk)
    assert "An account admin can register the Cloudinary AI Content Analysis add-on" in text_of(visit.get())


def test_texts_are_saved_to_cloudinary_from_the_page(visit, place):
    visit.post("alt", at=0, value="New words")
    assert "Save 1 alt text to Cloudinary" in text_of(visit.get())
    visit.post("save")
    working.work_on_assets(AssetJob.objects.get().pk)
    contexts = [known.context for known in place.world.environments[0].assets.values()]
    assert {"alt": "New words", "title": "A title"} in contexts
    assert "1 alt text saved to Cloudinary" in text_of(visit.get())


def test_hostile_texts_are_shown_as_texts(visit):
    answer = visit.post("alt", at=0, value='</textarea><script>alert(1)</script>"')
    assert "<script>" not in answer.content.decode()
    assert visit.alt(0) == '</textarea><script>alert(1)</script>"'


@pytest.mark.parametrize("given", [{"do": "nonsense"}, {"do": ""}])
def test_an_unknown_edit_is_refused(visit, given):
    assert visit.post(**given).status_code == 400


@pytest.mark.parametrize("at", ["", "x", "99", "-1", "1e3"])
def test_an_asset_that_is_not_there_changes_nothing(visit, at):
    assert visit.script("alt", at=at, value="x").status_code == 422
    assert set(visit.selection.assets.values_list("alt", flat=True)) == {None}


def test_a_field_that_does_not_exist_is_refused(visit):
    assert visit.script("fill", field="nonsense").status_code == 422


def test_another_persons_selection_does_not_exist(visit, client, place):
    stranger = Member.objects.create(environment=place.environment, external_id="u2")
    enter(client, stranger)
    assert visit.get().status_code == 404
    assert visit.get("alts/work/").status_code == 404
    assert visit.get("captions/").status_code == 404
    assert visit.post("alt", at=0, value="x").status_code == 404


def test_ids_of_an_answer_are_all_different(visit):
    visit.proposed()
    page = visit.get().content.decode()
    found = re.findall(r'\sid="([^"]+)"', page)
    assert len(found) == len(set(found))


def test_an_asset_in_two_groups_has_its_text_changed_in_both(client, scene):
    place = scene([], [asset("both", None, tags=["x", "y"])])
    visit = Visit(client, place)
    Selection.objects.update(cloudinary_field="tags")
    answer = visit.post("alt", at=0, value="Typed")
    assert len([name for name in ids(answer) if name.startswith("altt-")]) == 2


def test_what_lacks_an_alt_text_is_the_same_number_whatever_stores_say(client, scene):
    """Of what can be linked; swatches, and what is left out, apart."""
    there = [asset("bare", "a", 1), asset("described", "a", 2, context={"alt": "Front"}), asset("out", "a", 3)]
    there += [asset("dot", "a", 4, tags=("swatch",)), asset("stray", None, 5), asset("nowhere", "zz", 6)]
    place = scene([product("a")], there)
    selection = place.select()
    enter(client, place.member, selection)
    page = f"/selections/{selection.key}/"

    def missing(html: str) -> str:
        return re.sub("<[^>]+>", "", re.search(r'<span id="alts-count".*?</span></span>', html)[0])

    assert missing(client.get(page).content.decode()) == "3 missing", "no store has said anything yet"
    ask_and_answer(selection)
    assert missing(client.get(page).content.decode()) == "3 missing", "one has no product"
    assert missing(client.get(f"{page}actions/").content.decode()) == "3 missing"
    out = {"do": "exclude", "a": "2", "version": selection.version}
    assert missing(client.post(f"{page}arrange/", out).content.decode()) == "2 missing", "it follows edits"
    panel = text_of(client.get(f"{page}alts/"))
    assert "5 assets have no alt text, of which 2 can be linked." in panel
    uploads = client.get(f"{page}upload").content.decode()
    assert missing(uploads) == "4 missing", "Files take swatches and assets without a key"
