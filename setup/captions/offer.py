"""Whether AI captions are offered, from what an admin wants and what is known of the add-on. Pure: no
database, no clock."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from setup.shapes import text
from setup.words import gettext_lazy, ngettext, number

ADD_ON = "Cloudinary AI Content Analysis"
AUTO, ON, OFF = "auto", "on", "off"
# Where the add-on is missing, nobody is offered what it would do: also where an admin wants it.
WISHES = [
    (AUTO, gettext_lazy("Automatically, where the add-on answers")),
    (ON, gettext_lazy("Always, unless the add-on is missing")),
    (OFF, gettext_lazy("Never")),
]
# A service that could not be asked is asked again when an admin opens Setup so much later.
UNANSWERED = timedelta(hours=1)
# Cloudinary brings the report of its usage up to date now and then: until it has, our own count of what is left may be the lower.
LATE = timedelta(days=1)


class State(StrEnum):
    ANSWERS = "answers"
    ABSENT = "absent"  # Cloudinary said that the account has no subscription
    USED_UP = "used_up"
    REFUSED = "refused"  # by credentials or permissions


@dataclass(frozen=True)
class AddOn:
    """What is known of it. `state`: what Cloudinary last said, `at` that time; None: nothing yet. `unasked`: why the last try got
    no answer, which changes nothing of that (`away`, `busy`, `no_picture`). `tried`: when it was last asked. `left` of `limit`
    captions, as of `counted`. `until`: when a quota that is used up comes back. `key`: of the credentials that asked."""

    state: State | None = None
    at: datetime | None = None
    unasked: str = ""
    tried: datetime | None = None
    left: int | None = None
    limit: int | None = None
    counted: datetime | None = None
    until: datetime | None = None
    key: str = ""

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "AddOn":
        """Of what a row holds, whatever that is."""
        state = kept.get("state")
        return cls(
            state=State(state) if state in list(State) else None,
            at=_moment(kept.get("at")),
            unasked=text(kept.get("unasked")),
            tried=_moment(kept.get("tried")),
            left=_count(kept.get("left")),
            limit=_count(kept.get("limit")),
            counted=_moment(kept.get("counted")),
            until=_moment(kept.get("until")),
            key=text(kept.get("key")),
        )

    def as_json(self) -> dict[str, Any]:
        values = {name: value for name, value in asdict(self).items() if value not in (None, "")}
        return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}

    def is_used_up(self, now: datetime) -> bool:
        return self.state == State.USED_UP and (self.until is None or now < self.until)

    def is_due(self, key: str, now: datetime) -> bool:
        """Whether it shall be asked with the credentials of this `key`: never asked by them, without an answer for a while, or
        the quota is back."""
        if self.tried is None or self.key != key:
            return True
        if self.unasked and now - self.tried > UNANSWERED:
            return True
        return self.state == State.USED_UP and not self.is_used_up(now)

    def is_old(self, now: datetime) -> bool:
        """Whether the numbers of a quota are: of another month, or of yesterday."""
        return self.limit is not None and (self.left_at(now) is None or now - (self.counted or now) > LATE)

    def left_at(self, now: datetime) -> int | None:
        """Quotas are monthly: what was left of another month says nothing."""
        known = self.counted is not None and (self.counted.year, self.counted.month) == (now.year, now.month)
        return self.left if known else None

    def followed_by(self, found: "AddOn", now: datetime) -> "AddOn":
        """The same after another look, which began with `found`."""
        if found.unasked:
            return replace(self, unasked=found.unasked, tried=now, key=found.key)
        after = replace(found, at=now, tried=now, counted=now)
        if found.limit is None:
            return replace(after, left=self.left, limit=self.limit, counted=self.counted)
        ours = self.left_at(now)
        late = found.limit == self.limit and self.counted is not None and now - self.counted < LATE
        if late and found.left is not None and ours is not None:
            return replace(after, left=min(found.left, ours))
        return after

    def spent(self, count: int, now: datetime) -> "AddOn":
        """After so many captions that Cloudinary made."""
        left = self.left_at(now)
        answers = replace(self, state=State.ANSWERS, at=now, unasked="", until=None)
        return answers if left is None else replace(answers, left=max(0, left - count))


def next_month(now: datetime) -> datetime:
    return datetime(now.year + now.month // 12, now.month % 12 + 1, 1, tzinfo=UTC)


def is_offered(wish: str, add_on: AddOn, now: datetime) -> bool:
    """An add-on that nobody has asked yet, or that gave no answer, is offered where an admin wants it always."""
    if wish == OFF or add_on.state == State.ABSENT or add_on.is_used_up(now):
        return False
    return wish == ON or add_on.state in (State.ANSWERS, State.USED_UP)


def quota(add_on: AddOn, now: datetime) -> str:
    """In words, as far as Cloudinary tells."""
    left = add_on.left_at(now)
    if left is None or add_on.limit is None:
        return ""
    said = ngettext(
        "{left} of {n} AI caption left this month.", "{left} of {n} AI captions left this month.", add_on.limit
    )
    return said.format(left=number(left), n=number(add_on.limit))


def _moment(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is None or found.tzinfo else None


def _count(value: object) -> int | None:
    return value if type(value) is int and value >= 0 else None
