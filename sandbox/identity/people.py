"""Who has an account at the pretend providers."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Account:
    """`verified` is what the claim `email_verified` says: True, False, or nothing at all for None."""

    sub: str
    name: str
    email: str
    verified: bool | None = True
    groups: tuple[str, ...] = ()
    about: str = ""  # for the page that asks who one is


ADMINS, AGENCY = "assetlink-admins", "agency"
COMPANY = [
    Account("7b1f-maren", "Maren Holt", "maren@fjordandfern.example", about="also in the Console"),
    Account("7b1f-jonas", "Jonas Lind", "jonas@fjordandfern.example", about="also in the Console"),
    Account("7b1f-tove", "Tove Dahl", "tove@fjordandfern.example", groups=(ADMINS,), about=f"in the group {ADMINS}"),
    Account("7b1f-ravi", "Ravi Menon", "ravi@agency.example", groups=(AGENCY,), about=f"in the group {AGENCY}"),
    Account("7b1f-ada", "Ada Berg", "ada@elsewhere.example", about="nobody invited her"),
    Account(
        "7b1f-eve", "Eve", "maren@fjordandfern.example", verified=False, about="claims Maren’s address, unverified"
    ),
]
# Cloudinary's ID token has a user's id and address, and no word on whether it is verified.
CLOUDINARY = [
    Account("u-maren", "Maren Holt", "maren@fjordandfern.example", verified=None),
    Account("u-jonas", "Jonas Lind", "jonas@fjordandfern.example", verified=None),
]
