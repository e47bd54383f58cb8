"""Sessions in the database. Where it takes no writes, Django's store says that a session was deleted, which is answered by 400 as
an error of the client; here it is what it is: an outage."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import Error


class SessionStore(db.SessionStore):
    def save(self, must_create: bool = False) -> None:
        """Raises UpdateError where the session is gone, and django.db.Error where the database refused to write it."""
        try:
            super().save(must_create)
        except UpdateError as error:
            refusal = error.__context__
            if isinstance(refusal, Error) and refusal.__cause__ is not None:  # the driver's own
                raise refusal from refusal.__cause__
            raise
