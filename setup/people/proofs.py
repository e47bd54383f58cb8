"""What a way of signing in has proved. Pure: every way ends in one of these, and in setup.people.entering.enter."""

from dataclasses import dataclass

# Issuers of our own ways: no provider's is called so, since theirs are URLs.
EMAIL = "email"  # a code sent to the address; the subject is the address
PASSKEY = "passkey"  # the subject is the person's key
ADDRESS = "address"  # a one-time address that somebody was handed; nothing else is known of them


@dataclass(frozen=True)
class Proof:
    """`way`: what people read it was ("Okta", "code by e-mail"). (`issuer`, `subject`) names the same person for ever.

    `email_verified`: the issuer vouches that the address is theirs now; of a provider only where its claim is the JSON boolean
    true. `groups`: of the provider, as its token names them; settings.GROUP_ROLES says what they mean, as
    (issuer, group, cloud name, role) each. Not `groups_known`: it withholds them, mostly because there are too many.
    """

    way: str
    issuer: str
    subject: str
    email: str = ""
    email_verified: bool = False
    name: str = ""
    groups: tuple[str, ...] = ()
    groups_known: bool = True
