"""What is sent to the pretend mail server stands on its page, and goes nowhere."""

import smtplib
from email.message import EmailMessage

from sandbox.app import create
from sandbox.mail.catcher import MOST, Catcher, Mailbox
from sandbox.world import World
from script.ports import free_port


def message(subject: str) -> EmailMessage:
    made = EmailMessage()
    made["Subject"], made["From"], made["To"] = subject, "a@x.example", "maren@x.example"
    made.set_content("Your code: 1234 <b>")
    made.add_alternative("<p>1234</p>", subtype="html")
    return made


def test_an_email_is_caught_and_shown_and_none_of_it_is_taken_for_the_pages_own(tmp_path):
    world, port = World(folder=tmp_path, base_url="http://localhost"), free_port()
    catcher = Catcher(world.mailbox, port)
    catcher.start()
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=10) as server:
            server.send_message(message("Grüße <i>"), to_addrs=["maren@x.example", "jonas@x.example"])
    finally:
        catcher.stop()
    client = create(world).test_client()
    found = client.get("/mail.json").json
    assert [(one["to"], one["subject"]) for one in found] == [
        ("jonas@x.example", "Grüße <i>"),
        ("maren@x.example", "Grüße <i>"),
    ]
    page = client.get("/mail/").text
    assert "Grüße &lt;i&gt;" in page
    assert "1234 &lt;b&gt;" in page
    html = client.get("/mail/1")
    assert "<p>1234</p>" in html.text
    assert html.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert client.get("/mail/9").status_code == 404


def test_the_last_hundred_are_kept():
    mailbox = Mailbox()
    for at in range(MOST + 5):
        mailbox.put("a@x.example", bytes(message(f"{at}")))
    assert [mail.message["Subject"] for mail in mailbox.mails()][:2] == ["104", "103"]
    assert len(mailbox.mails()) == MOST
