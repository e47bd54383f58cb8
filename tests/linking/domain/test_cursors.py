from hypothesis import given
from hypothesis import strategies as st

from linking.domain import cursors


@given(st.integers(0, cursors.LARGEST))
def test_a_cursor_is_read_as_it_was_written(number):
    assert cursors.read(cursors.written(number)) == number


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_of_cursors(text):
    assert cursors.read(text) is None or cursors.read(text) <= cursors.LARGEST


def test_a_number_that_no_row_has_is_no_cursor():
    assert cursors.read(cursors.written(cursors.LARGEST + 1)) is None
