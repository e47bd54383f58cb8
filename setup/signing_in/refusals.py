"""Why somebody could not sign in: a code for operators and tests, a text for the person, and for the log what exactly it was."""

from collections.abc import Mapping

from setup.words import gettext_lazy

AGAIN = gettext_lazy("{name} sent an answer that AssetLink does not accept. Nobody was signed in. Try again.")
TELL = gettext_lazy(
    "{name} sent an answer that AssetLink does not accept. Nobody was signed in. If it happens again, give the people who run "
    "AssetLink this code."
)
# By what is wrong. `{name}` is the provider's, as its button shows it.
TEXTS: Mapping[str, object] = {
    "away": gettext_lazy("{name} does not answer. Nobody was signed in. Try again in a few minutes."),
    "odd_answer": gettext_lazy(
        "{name} sent something that AssetLink cannot read. Nobody was signed in. Try again in a few minutes."
    ),
    "misconfigured": gettext_lazy(
        "{name} does not fit how AssetLink was set up. Nobody was signed in. Give the people who run AssetLink this code."
    ),
    "cancelled": gettext_lazy("You did not finish signing in with {name}. Nobody was signed in."),
    "provider_refused": gettext_lazy(
        "{name} refused to sign you in. Ask the people who look after your account there."
    ),
    "unknown_state": gettext_lazy(
        "This sign-in was begun in another browser, is used already, or took longer than 15 minutes. Begin again."
    ),
    "mix_up": TELL,
    "no_code": AGAIN,
    "code_refused": AGAIN,
    "no_id_token": TELL,
    "unsigned": TELL,
    "unknown_key": TELL,
    "bad_signature": TELL,
    "wrong_issuer": TELL,
    "wrong_audience": TELL,
    "expired": gettext_lazy("The answer of {name} is too old, or a clock is wrong. Nobody was signed in. Try again."),
    "wrong_nonce": TELL,
    "odd_token": TELL,
    "other_person": TELL,
    "code_wrong": gettext_lazy("This is not the code. Look at the last e-mail again."),
    "code_over": gettext_lazy(
        "This code is used, older than ten minutes, or was tried too often. Have another one sent to you."
    ),
    "mail_failed": gettext_lazy(
        "The e-mail could not be sent: the mail server does not answer or refuses it. Try again in a few minutes, or sign in "
        "another way."
    ),
    "no_address": gettext_lazy("Enter an e-mail address, such as name@example.com."),
    "passkey_unknown": gettext_lazy(
        "AssetLink does not know this passkey. Sign in another way, and add it to your account."
    ),
    "passkey_refused": gettext_lazy("The passkey could not be checked. Try again, or sign in another way."),
    "passkey_over": gettext_lazy("That took longer than five minutes, or was used already. Try again."),
    "passkey_copied": gettext_lazy(
        "This passkey seems to be used in two places, so it was refused. Sign in another way, remove it from your account and "
        "add it again."
    ),
}
# What is nothing to look after for those who run AssetLink; a mail server that fails has a line of its own.
OF_PEOPLE = frozenset(
    (
        *("cancelled", "unknown_state", "no_address", "code_wrong", "code_over", "mail_failed"),
        *("passkey_unknown", "passkey_refused", "passkey_over", "passkey_copied"),
    )
)
UNAVAILABLE = ("away", "odd_answer", "mail_failed")


class SignInRefused(Exception):
    """`details` are for the log alone. `slug`: of the provider, to try again."""

    def __init__(self, code: str, details: str = "", *, name: str = "", slug: str = "") -> None:
        super().__init__(f"{code}: {details}" if details else code)
        self.code, self.details, self.name, self.slug = code, details, name, slug

    @property
    def text(self) -> str:
        return str(TEXTS[self.code]).format(name=self.name)

    @property
    def status(self) -> int:
        """503 for what is over in a while, 403 for what is not."""
        return 503 if self.code in UNAVAILABLE else 403
