"""The search language: what binds how, what quotes and backslashes do, and that broken syntax is never an error."""

import pytest

from sandbox.shopify.search_syntax import And, Not, Or, Term, parse

A, B, C = Term(None, "a"), Term(None, "b"), Term(None, "c")


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        ("a b", And((A, B))),
        ("a AND b", And((A, B))),
        ("a OR b c", And((Or((A, B)), C))),
        ("a b OR c", And((A, Or((B, C))))),
        ("(a b) OR c", Or((And((A, B)), C))),
        ("-a b", And((Not(A), B))),
        ("NOT a OR b", Or((Not(A), B))),
        ("not a", And((Term(None, "not"), A))),
    ],
)
def test_or_binds_tighter_than_the_blank_and(query, tree):
    assert parse(query) == tree


@pytest.mark.parametrize(
    ("query", "term"),
    [
        ("sku:ABC", Term("sku", "ABC")),
        ('sku:"A B"', Term("sku", "A B", quoted=True)),
        ("title:'It is'", Term("title", "It is", quoted=True)),
        (r'sku:"say \"hi\" \\"', Term("sku", 'say "hi" \\', quoted=True)),
        (r"sku:A\:B", Term("sku", "A:B")),
        ("id:>=5", Term("id", "5", comparator=">=")),
        ("created_at:>2026-01-01T10:00:00Z", Term("created_at", "2026-01-01T10:00:00Z", comparator=">")),
        ('metafields.custom.made-of:"x"', Term("metafields.custom.made-of", "x", quoted=True)),
        ("tag:*", Term("tag", "*")),
    ],
)
def test_a_value_ends_at_a_blank_or_its_quote(query, term):
    assert parse(query) == term


def test_a_colon_in_an_unquoted_value_starts_a_new_field():
    assert parse("sku:AB:CD") == And((Term("sku", ""), Term("AB", "CD")))


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        ("", None),
        ("   ", None),
        ("OR", None),
        (")", None),
        ("(", None),
        ("(a", A),
        ("a OR", A),
        ("OR a", A),
        ("a)", A),
        ('"a', Term(None, "a", quoted=True)),
        ("NOT", None),
        (":a", A),
    ],
)
def test_broken_syntax_is_read_as_far_as_it_goes(query, tree):
    assert parse(query) == tree


def test_a_parenthesis_as_value_is_a_term_that_finds_nothing():
    assert Term("tag", "", broken=True) in parse("tag:(x").parts
