"""Which metafields of stores are offered as keys."""

from linking.domain.metafields import Definition, Offered, offered

CODE = Definition("custom.code", "Code", "single_line_text_field")
EAN = Definition("custom.ean", "EAN", "number_integer")
CARE = Definition("custom.care", "Care", "multi_line_text_field")


def test_stores_are_taken_together_and_what_most_of_them_have_comes_first():
    found = offered([[EAN, CODE, CARE], [CODE], [CODE, CODE]])
    assert found == [Offered("custom.code", "Code", "text", 3), Offered("custom.ean", "EAN", "whole number", 1)]


def test_what_stores_define_differently_is_named_as_most_of_them_do_and_offered_only_where_it_can_be_a_key():
    other, money = Definition("custom.code", "Kode", "id"), Definition("custom.code", "Code", "money")
    assert offered([[CODE], [other], [CODE], [money]]) == [Offered("custom.code", "Code", "text", 3)]


def test_of_no_store_nothing_is_offered():
    assert offered([]) == []
