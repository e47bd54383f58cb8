"""What is true of the real services: contracts, open questions and one whole journey, on a development store and a cloud.

`pytest -m live` with the keys of tests/live/keys.py; docs/testing.md tells how. tests/live/test_on_the_sandbox.py plays the same
against a sandbox, so that it is in order when somebody has keys.
"""
