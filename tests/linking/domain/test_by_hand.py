"""What a person chose and excluded of a key's products, whatever the store answers."""

from hypothesis import given
from hypothesis import strategies as st

from linking.domain.by_hand import EXCLUDED, NOTHING, ByHand, resolve
from linking.domain.matching import Verdict

IDS = st.sampled_from("abcdefg")
SETS = st.lists(IDS, unique=True, max_size=5)
VERDICTS = st.sampled_from([str(one) for one in Verdict])


def card(id: str, **more) -> dict:
    return {"id": id, "title": f"Product {id}", **more}


def cards(ids) -> list[dict]:
    return [card(id) for id in ids]


def ids(found) -> list[str]:
    return [one["id"] for one in found]


@st.composite
def hands(draw) -> ByHand:
    picks = draw(SETS)
    return ByHand(tuple(picks), draw(st.booleans()), tuple(draw(SETS)), tuple(cards(draw(SETS))))


@st.composite
def answers(draw) -> tuple[str, list[dict], list[dict]]:
    verdict = draw(VERDICTS)
    products = [] if verdict == Verdict.UNMATCHED else cards(draw(SETS.filter(bool)))
    return verdict, products, cards(draw(SETS))


@given(answers())
def test_without_a_decision_the_answer_is_what_the_store_said(answer):
    found = resolve(*answer, NOTHING)
    assert (found.verdict, found.products, found.picked, found.out) == (answer[0], answer[1], (), ())


@given(answers(), hands())
def test_no_product_comes_twice_and_each_is_known(answer, hand):
    found = resolve(*answer, hand)
    assert len(set(ids(found.products))) == len(found.products)
    assert set(ids(found.products)) <= {*ids(answer[1]), *ids(answer[2]), *ids(hand.cards)}
    assert set(found.picked) <= set(hand.picks) & set(ids(found.products))


@given(answers(), hands())
def test_what_is_excluded_gets_nothing_unless_it_was_chosen(answer, hand):
    found = resolve(*answer, hand)
    if found.verdict == Verdict.MATCHED:
        assert not set(ids(found.products)) & set(hand.out) - set(found.picked)
    assert not set(ids(found.out)) & set(ids(found.products))


@given(answers(), hands(), IDS, st.booleans())
def test_what_was_chosen_gets_the_assets_whatever_the_store_answers(answer, hand, id, also):
    found = resolve(*answer, hand.choose(card(id), also=also))
    assert found.verdict == Verdict.MATCHED
    assert id in ids(found.products)
    if not also:
        assert set(ids(found.products)) == set(found.picked)


@given(answers(), IDS)
def test_instead_of_what_matches_means_that_alone(answer, id):
    assert ids(resolve(*answer, NOTHING.choose(card(id), also=False)).products) == [id]


@given(answers().filter(lambda one: one[0] == Verdict.MATCHED), IDS)
def test_beside_what_matches_takes_nothing_away(answer, id):
    assert set(ids(resolve(*answer, NOTHING.choose(card(id), also=True)).products)) == {*ids(answer[1]), id}


@given(hands(), IDS, st.booleans())
def test_choosing_twice_is_choosing_once_and_leaving_takes_it_back(hand, id, also):
    once = hand.choose(card(id), also=also)
    assert once.choose(card(id), also=also) == once
    left = once.leave([id])
    assert id not in left.picks
    assert id not in ids(left.cards)
    assert not (left.also and not left.picks)


@given(hands(), SETS)
def test_excluding_and_including_are_each_others_way_back(hand, some):
    fresh = [id for id in some if id not in hand.out]
    assert hand.exclude(some).include(fresh) == hand.include([]).exclude([id for id in some if id in hand.out])
    assert hand.exclude(some).exclude(some) == hand.exclude(some)


@given(hands())
def test_what_is_kept_is_read_as_it_was(hand):
    assert ByHand.of(hand.picks, hand.kept) == hand


def test_a_key_of_which_all_is_excluded_is_excluded_and_says_of_what():
    found = resolve(Verdict.MATCHED, cards("ab"), [], ByHand(out=("a", "b")))
    assert (found.verdict, ids(found.products), ids(found.out)) == (EXCLUDED, [], ["a", "b"])


def test_what_matches_later_comes_in_and_what_was_excluded_stays_out():
    hand = NOTHING.exclude(["a"])
    assert ids(resolve(Verdict.MATCHED, cards("abc"), [], hand).products) == ["b", "c"]


def test_an_ambiguous_key_offers_also_what_was_excluded():
    found = resolve(Verdict.AMBIGUOUS, cards("ab"), [], ByHand(out=("a",)))
    assert (found.verdict, ids(found.products)) == (Verdict.AMBIGUOUS, ["a", "b"])


def test_what_the_store_says_now_counts_before_what_it_said_then():
    hand = NOTHING.choose(card("a", handle="then"), also=False)
    [found] = resolve(Verdict.MATCHED, [card("a", handle="now")], [], hand).products
    assert found["handle"] == "now"
