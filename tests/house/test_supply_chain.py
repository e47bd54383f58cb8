"""Which licences are allowed, and when an audit that says nothing is none."""

import pytest

from script import supply_chain


@pytest.mark.parametrize(
    ("licences", "names"),
    [
        ([{"license": {"id": "MIT"}}, {"license": {"name": "declared license of 'x'"}}], ["MIT"]),
        ([{"license": {"name": "License :: OSI Approved :: BSD License"}}], ["BSD-3-Clause"]),
        ([{"expression": "Apache-2.0 OR BSD-2-Clause"}], ["Apache-2.0 OR BSD-2-Clause"]),
        ([{"license": {"name": "declared license file: LICENSE"}}], []),
    ],
)
def test_a_licence_is_named_by_its_identifier(licences, names):
    assert supply_chain.licences_of({"licenses": licences}) == names


@pytest.mark.parametrize(
    ("expression", "fits"),
    [
        ("MIT", True),
        ("MIT-CMU", True),
        ("GPL-3.0-only", False),
        ("GPL-2.0-only OR MIT", True),
        ("MIT AND AGPL-3.0-only", False),
        ("(MIT OR ISC) AND BSD-3-Clause", False),
    ],
)
def test_only_licences_that_suit_ours_are_allowed(expression, fits):
    assert supply_chain.allowed(expression) is fits


def test_vulnerabilities_are_named_with_what_mends_them():
    flaw = {"id": "PYSEC-2026-1", "fix_versions": ["5.2.20"]}
    found = [{"name": "django", "version": "5.2.19", "vulns": [flaw]}, {"name": "rq", "skip_reason": "unknown"}]
    assert supply_chain.judged(found) == ["django 5.2.19: PYSEC-2026-1, mended in 5.2.20."]


def test_an_audit_that_knows_no_package_is_none():
    with pytest.raises(supply_chain.Skipped, match="does not answer"):
        supply_chain.judged([{"name": "django", "skip_reason": "Dependency not found"}])
