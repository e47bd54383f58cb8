"""SMTP, as far as a program needs it that sends: https://www.rfc-editor.org/rfc/rfc5321. Keeps the last hundred."""

import threading
from collections import deque
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

MOST = 100


@dataclass(frozen=True)
class Mail:
    number: int
    to: str
    message: EmailMessage

    @property
    def text(self) -> str:
        part = self.message.get_body(("plain",))
        return str(part.get_content()) if part else ""

    @property
    def html(self) -> str:
        part = self.message.get_body(("html",))
        return str(part.get_content()) if part else ""

    def as_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "to": self.to,
            "subject": str(self.message["Subject"]),
            "headers": {name: str(value) for name, value in self.message.items()},
            "text": self.text,
            "html": self.html,
        }


class Mailbox:
    """Everybody's."""

    def __init__(self) -> None:
        self._mails: deque[Mail] = deque(maxlen=MOST)
        self._count = 0
        self._lock = threading.Lock()

    def put(self, to: str, content: bytes) -> None:
        message = message_from_bytes(content, policy=policy.default)
        with self._lock:
            self._count += 1
            self._mails.appendleft(Mail(self._count, to, message))

    def mails(self) -> list[Mail]:
        """The newest first."""
        with self._lock:
            return list(self._mails)

    def find(self, number: int) -> Mail | None:
        return next((mail for mail in self.mails() if mail.number == number), None)


class Catcher:
    """Listens at `port` of this machine from start() to stop()."""

    def __init__(self, mailbox: Mailbox, port: int, host: str = "127.0.0.1") -> None:
        self._mailbox = mailbox
        self._controller = Controller(self, hostname=host, port=port)

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        for to in envelope.rcpt_tos:
            self._mailbox.put(to, envelope.content)
        return "250 Caught"
