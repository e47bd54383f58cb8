"""Why Redis cannot be used: one that is away, one that answers and refuses, and what is no Redis have other remedies.

The words are Redis's own, which name no password; addresses are left out, since /readyz is open to everybody.
"""

from redis import exceptions

START_IT = "Start it, or correct REDIS_URL. Pages answer meanwhile, and work begins when it is back."
LOGIN = (
    "Set user and password in REDIS_URL as Redis has them (requirepass, ACL): redis://USER:PASSWORD@HOST:PORT/0, or "
    "redis://:PASSWORD@HOST:PORT/0; percent-encode @, / and # in them."
)
NUMBER = "Correct the number of the database, after the last / in REDIS_URL: usually 0."
RIGHTS = "Give the user of REDIS_URL the right to it (ACL SETUSER)."
OTHER_PORT = "Correct host and port in REDIS_URL: another program listens there."
WAIT = "Wait: it answers when it has loaded its data."
TLS = "Correct REDIS_URL: rediss:// for a Redis with TLS, whose certificate this machine trusts, redis:// without TLS."
ASK_ITS_LOG = "Its log says more."


def explained(error: Exception | None, url: str) -> tuple[str, str]:
    """(a sentence, what to do)"""
    words = " ".join(str(error or "").split())[:200].rstrip(".")
    secure = url.startswith("rediss:")
    match error:
        case exceptions.BusyLoadingError():
            return "Redis loads its data.", WAIT
        case exceptions.AuthenticationError():
            return f"Redis refuses the login: {'NOAUTH: ' if words.startswith('HELLO') else ''}{words}.", LOGIN
        case exceptions.NoPermissionError() | exceptions.AuthorizationError():
            return f"Redis does not let this user do it: {words}.", RIGHTS
        case exceptions.InvalidResponse():
            return f"REDIS_URL leads to a program that is not Redis: {words}.", OTHER_PORT
        case exceptions.ResponseError():
            return f"Redis answers and refuses: {words}.", NUMBER if "DB index" in words else ASK_ITS_LOG
        case exceptions.ConnectionError() if "SSL" in words:
            return f"TLS with Redis fails: {words.partition(' connecting to')[0]}.", TLS
        case exceptions.ConnectionError() if "closed by server" in words or "reset by peer" in words:
            return "Redis closes the connection.", f"If it expects TLS: {TLS} {ASK_ITS_LOG}"
        case exceptions.TimeoutError() if secure:
            return "Redis does not answer.", f"{START_IT} If it speaks no TLS: {TLS}"
    return "Redis does not answer.", START_IT
