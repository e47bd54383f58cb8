"""Who works in the pretend Console, and in which role."""

from typing import TypedDict


class Person(TypedDict):
    id: str
    name: str
    email: str


PEOPLE: list[Person] = [
    {"id": "u-maren", "name": "Maren Holt", "email": "maren@fjordandfern.example"},
    {"id": "u-jonas", "name": "Jonas Lind", "email": "jonas@fjordandfern.example"},
]
# Slug, as the launch token names it -> as the Console shows it. Those with a Media Library, in which the launch is: Cloudinary's
# roles Reports and Billing have none, and so nobody comes to AssetLink in them.
ROLES = {
    "media_library_admin": "Media Library admin",
    "master_admin": "Master admin",
    "technical_admin": "Technical admin",
    "media_library_user": "Media Library user",
}
