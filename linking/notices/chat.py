"""What is posted in a chat: JSON as incoming webhooks take it.

Slack's `text` in mrkdwn, which Mattermost, Google Chat and others take as well: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
Teams' workflow *When a Teams webhook request is received* takes a message with an Adaptive Card:
https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
"""

import json
import re
from typing import Any

from linking.models import NoticeChannel
from linking.notices.letters import Written

SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
LONGEST = 1000  # of a line; Teams takes 28 KB altogether


def body_of(style: str, written: Written) -> bytes:
    made = _card(written) if style == NoticeChannel.Style.TEAMS else {"text": _text(written)}
    return json.dumps(made, ensure_ascii=False).encode()


def _text(written: Written) -> str:
    found = [f"*{_plain(written.subject)}*"]
    for part in written.parts:
        found.append(f"\n*{_plain(part.title)}*")
        found += [f"• <{line.url}|{_plain(line.text)}>" for line in part.lines]
        if part.more:
            found.append(f"<{part.url}|{_plain(part.more)}>")
    return "\n".join(found)


def _plain(text: str) -> str:
    """https://docs.slack.dev/messaging/formatting-message-text#escaping; and nothing that would end a link or make one bold."""
    kept = " ".join(text.split())[:LONGEST].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return kept.replace("|", "¦").replace("*", "∗")


def _card(written: Written) -> dict[str, Any]:
    blocks: list[dict[str, Any]] = [_block(_marked(written.subject), weight="Bolder", size="Medium")]
    for part in written.parts:
        blocks.append(_block(_marked(part.title), weight="Bolder", separator=True))
        blocks += [_block(f"[{_marked(line.text)}]({line.url})") for line in part.lines]
        if part.more:
            blocks.append(_block(f"[{_marked(part.more)}]({part.url})"))
    content = {"$schema": SCHEMA, "type": "AdaptiveCard", "version": "1.4", "body": blocks}
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": content}
    return {"type": "message", "attachments": [attachment]}


def _block(text: str, **known: Any) -> dict[str, Any]:
    return {"type": "TextBlock", "text": text, "wrap": True, **known}


def _marked(text: str) -> str:
    """Markdown's signs as they are."""
    return re.sub(r"([\\`*_\[\]()<>#~|])", r"\\\1", " ".join(text.split())[:LONGEST])
