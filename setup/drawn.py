"""Forms that two people may have before them: each field is sent with what it was drawn with, so that only what somebody
changed is written, over what is saved by then.

This is the version of a section. A number would say that something has changed, not what: two who change different fields both
keep theirs, and who changes the same one is shown what the other has saved.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from setup.models import AuditEntry, Member
from setup.words import _

UNKNOWN = object()


class Overtaken(Exception):
    """Somebody saved something else in these fields since the form was drawn."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__()
        self.names = list(names)


def said(member: Member, value: str, action: str, object: str = "") -> str:
    """What another has saved, for the member who was about to save something else. `action`, `object`: how the audit log calls
    it."""
    rows = AuditEntry.objects.filter(cloud_name=member.environment.cloud_name, action=action)
    entry = (rows.filter(object=object) if object else rows).first()
    if entry is not None and entry.person_id == member.external_id:
        text = _("You saved “{value}” in another window. Save to replace it, or choose the same.")
    elif entry is not None and entry.person:
        text = _("{person} saved “{value}” in the meantime. Save to replace it, or choose the same.")
    else:
        text = _("Somebody saved “{value}” in the meantime. Save to replace it, or choose the same.")
    return text.format(value=value or _("nothing"), person=entry.person if entry else "")


class DrawnForm(forms.Form):
    """`together`: fields that are one value, changed as a whole. Of a field that does not say what it was drawn with nobody knows
    whether the person changed it: it is saved only where that changes nothing."""

    together: tuple[str, ...] = ()

    def show_drawn(self, names: Iterable[str]) -> None:
        """These fields are kept somewhere: each is drawn with its hidden initial value, which Django sends back and compares."""
        self.kept = list(names)
        for name in self.kept:
            self.fields[name].show_hidden_initial = True

    def over(self, now: Mapping[str, Any]) -> QueryDict:
        """What was sent, with the fields that the person did not change as they are by `now`."""
        assert isinstance(self.data, QueryDict)
        data = self.data.copy()
        for name in set(self.kept) - set(self.mine):
            self._write(data, name, now[name])
            self._write_drawn(data, name, now[name])
        return data

    def over_theirs(self, now: Mapping[str, Any]) -> QueryDict:
        """The same, and as drawn on what others saved: sent once more, the person's fields win."""
        data = self.over(now)
        for name in self.kept:
            self._write_drawn(data, name, now[name])
        return data

    def settle(self, now: Mapping[str, Any]) -> None:
        """Let `cleaned_data` be what is saved now, with the person's changes. Raises Overtaken where another has changed the
        same to something else."""
        if names := [name for name in self.mine if self._is_overtaken(name, now)]:
            raise Overtaken(names)
        self.cleaned_data |= {name: now[name] for name in self.kept if name not in self.mine}

    @property
    def mine(self) -> list[str]:
        """What the person changed since it was drawn."""
        changed = {name for name in self.kept if name in self.changed_data or self.drawn(name) is UNKNOWN}
        if changed & set(self.together):
            changed |= set(self.together)
        return [name for name in self.kept if name in changed]

    def _is_overtaken(self, name: str, now: Mapping[str, Any]) -> bool:
        unit = self.together if name in self.together else (name,)
        there = [now[one] for one in unit]
        return there not in ([self.drawn(one) for one in unit], [self.cleaned_data[one] for one in unit])

    def drawn(self, name: str) -> Any:
        """What the page says that the field was drawn with; UNKNOWN if it does not. No box that was ticked says nothing."""
        field, hidden = self.fields[name], self.add_initial_prefix(name)
        if hidden not in self.data and not isinstance(field, forms.MultipleChoiceField):
            return UNKNOWN
        try:
            return field.to_python(field.hidden_widget().value_from_datadict(self.data, self.files, hidden))
        except forms.ValidationError:
            return UNKNOWN

    def _write(self, data: QueryDict, name: str, value: Any) -> None:
        widget = self.fields[name].widget
        if isinstance(widget, forms.MultiWidget):
            parts = widget.decompress(value) or []
            for ending, part in zip(widget.widgets_names, parts, strict=True):  # type: ignore[attr-defined]
                data[f"{name}{ending}"] = part
        elif isinstance(value, list):
            data.setlist(name, value)
        elif value is False:
            data.pop(name, None)
        else:
            data[name] = value

    def _write_drawn(self, data: QueryDict, name: str, value: Any) -> None:
        name = self.add_initial_prefix(name)
        data.setlist(name, value) if isinstance(value, list) else data.__setitem__(name, value)
