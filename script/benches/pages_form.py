"""Link Configuration as a browser has it on its page: its fields, and what its parts say that they show."""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import cycle
from typing import Any

SHOWN = re.compile(r'name="shows" value="(\w+) ([^"]*)"')


class OpenForm:
    """Sends one setting after another, and takes over what each answer draws again."""

    def __init__(
        self,
        page: Callable[[], Any],
        post: Callable[..., Any],
        fields: Mapping[str, Any],
        changes: Sequence[Mapping[str, Any]],
    ) -> None:
        """`changes`: each is made, and taken back by the next request."""
        self.page, self.post, self.fields = page, post, fields
        self.turns = cycle(turn for change in changes for turn in (change, {}))
        self.shown: dict[str, str] = {}

    def open(self) -> None:
        """As the page is loaded, where that was not done yet."""
        if not self.shown:
            self._look(self.page())

    def change(self, version: int) -> Any:
        shows = [f"{part} {shown}" for part, shown in self.shown.items()]
        answer = self.post("link-settings", version, shows=shows, **{**self.fields, **next(self.turns)})
        self._look(answer)
        return answer

    def _look(self, answer: Any) -> None:
        self.shown.update(SHOWN.findall(answer.content.decode()))
