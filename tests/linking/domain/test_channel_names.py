"""Names of files: each valid on Windows, and none the same as another one on any system."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain.channel_names import BYTES, LONGEST, Names, is_reserved, safe, same

ODD = st.one_of(
    st.text(max_size=300), st.sampled_from(["CON", "nul.x", "com¹", "a.", "a ", "..", "", "ß", "SS", "é", "e\u0301"])
)


@given(ODD)
def test_a_name_is_valid_on_windows_whatever_it_is_made_of(text):
    name = safe(text)
    assert name
    assert not set(name) & set('<>:"/\\|?*')
    assert all(ord(sign) >= 32 and not unicodedata.category(sign).startswith("Cs") for sign in name)
    assert name[-1] not in " ."
    assert name[0] not in " ."
    assert not is_reserved(name)
    assert len(name) <= LONGEST + 1
    assert len(name.encode()) <= BYTES + 1
    assert unicodedata.is_normalized("NFC", name)


@given(st.lists(ODD, max_size=40))
def test_no_two_names_of_an_export_are_one_on_any_system(texts):
    names = Names()
    taken = [names.take(text, "jpg") for text in texts]
    assert len({same(name) for name in taken}) == len(taken)
    assert len({name.lower() for name in taken}) == len({name.upper() for name in taken}) == len(taken)
    assert all(name.endswith(".jpg") for name in taken)


@pytest.mark.parametrize("text", ["CON", "con.MAIN", "Lpt9", "com¹", "aux "])
def test_what_windows_takes_for_a_device_is_no_name(text):
    assert safe(text).startswith("_")


def test_a_thousand_of_one_name_are_numbered():
    names = Names()
    assert [names.take("a", "jpg") for _ in range(1000)][-1] == "a-1000.jpg"
