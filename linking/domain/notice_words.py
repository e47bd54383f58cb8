"""What notices say, and why one was not sent. A part of the table of linking.domain.reasons."""

from collections.abc import Mapping

from setup.reasons import Given, Template

OF_NOTICES: Mapping[str, Template] = {
    "notice.plan": "A plan of the rule {rule} waits for somebody to look at it.",
    "notice.problems": Given(
        "rule",
        "A run of the rule {rule} in {stores:and} has ended with problems.",
        "The run of {who} in {stores:and} has ended with problems.",
    ),
    "notice.store": "{store} needs attention: {problem:ended}",
    "notice.store_back": "{store} works again.",
    "notice.rule": "The rule {rule} failed: {problem:ended}",
    "notice.rule_back": "The rule {rule} works again.",
    "notice.events": "No event of Cloudinary has come for a day. Rules that wait for events may miss changes.",
    "notice.events_back": "Cloudinary’s events come again.",
    "notice.again": "AssetLink does not send it again.",
    "notice.mail_refused": "The mail server did not take it.",
    "notice.no_mail": "No mail server is set up, or the person has no e-mail address.",
    "notice.unknown": "AssetLink lost the worker that sent this. It may have arrived, so it is not sent twice.",
    "notice.unreadable": "AssetLink cannot read the address. Save it again.",
}
