"""Gmail messages between the people of the shops and the app maker's staff."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from headless_crm.generate import words
from headless_crm.generate.block import Block
from headless_crm.generate.clock import iso, landing, mail_date, moment_after
from headless_crm.generate.people import INTERNAL_DOMAIN, STAFF, Person, Shop
from headless_crm.generate.rows import Record, Rows
from headless_crm.generate.spelling import group_address, person_address, staff_address

SOURCE = "gmail"

# The shares of messages that
_FLAT = 0.25  # are in the flat shape, where they have neither Cc nor Bcc
_NO_RECIPIENTS = 0.1  # and name no recipients in it
_SECOND_MAILBOX = 0.12  # are in two mailboxes
_WITH_COLLEAGUE = 0.2  # name a colleague too
_GROUP_SYNTAX = 0.2  # and do so in a named group
_UNDISCLOSED = 0.02  # hide their recipients
_HEADER_NAMES = (
    ("From", "To", "Cc", "Bcc", "Subject", "Date", "Message-ID"),
    ("From", "To", "Cc", "Bcc", "Subject", "Date", "Message-Id"),
    ("from", "to", "cc", "bcc", "subject", "date", "message-id"),
    ("FROM", "TO", "CC", "BCC", "SUBJECT", "DATE", "MESSAGE-ID"),
)
_BULK_HEADERS: tuple[Record, ...] = (
    {"name": "List-Unsubscribe", "value": "<https://news.example/unsubscribe>"},
    {"name": "Precedence", "value": "bulk"},
    {"name": "List-Id", "value": "Shop news <news.example>"},
    {"name": "Auto-Submitted", "value": "auto-generated"},
)


@dataclass(slots=True)
class Message:
    """A message, before it is put into a shape; an empty header is left out."""

    sender: str
    to: str
    cc: str
    bcc: str
    subject: str
    body: tuple[str, str, int]
    moment: int
    message_id: str
    thread_id: str
    more_headers: list[Record] = field(default_factory=list)


def write_gmail(block: Block) -> Rows:
    """The messages of a block's people, shared inboxes and newsletters."""
    rows = Rows(SOURCE, block.dice, block.planted, _spoil)
    for person in block.people:
        messages = 1 + block.dice.below(6)
        if len(person.emails) > messages:
            messages = len(person.emails)
        for at in range(messages):
            email = person.emails[at % len(person.emails)]
            _write_message(block, rows, person, email)
    for shop in block.shops:
        if shop.inbox:
            _write_role_mail(block, rows, shop, shop.inbox[1], newsletter=False)
        if shop.no_reply:
            _write_role_mail(block, rows, shop, shop.no_reply[1], newsletter=True)
    return rows


def _write_message(block: Block, rows: Rows, person: Person, email: str) -> None:
    dice = block.dice
    staff = dice.pick(STAFF)
    person.truth.saw(("email", email))
    theirs = person_address(dice, person, email)
    ours = staff_address(dice, staff)
    inbound = dice.chance(0.6)
    message = _message(block, moment_after(dice, person.shop.installed_at))
    message.sender, message.to = (theirs, ours) if inbound else (ours, theirs)

    if len(person.shop.people) > 1 and dice.chance(_WITH_COLLEAGUE):
        colleague = dice.pick(person.shop.people)
        colleague.truth.saw(("email", colleague.emails[0]))
        other = person_address(dice, colleague, colleague.emails[0])
        if not inbound and dice.chance(_GROUP_SYNTAX):
            message.to = group_address([message.to, other])
            block.planted["address_groups"] += 1
        elif dice.chance(0.3):
            message.to += f", {other}"
        else:
            message.cc = other
    elif not inbound and dice.chance(_UNDISCLOSED):
        message.to, message.bcc = "undisclosed-recipients:;", message.to
        block.planted["undisclosed_recipients"] += 1

    flat = dice.chance(_FLAT) and not message.cc and not message.bcc
    if flat and message.to == ours and dice.chance(_NO_RECIPIENTS):
        message.to = ""
    else:
        block.staff_seen.add(staff)
    if flat:
        _add_flat(block, rows, message)
        return
    _add_api(block, rows, message)
    if dice.chance(_SECOND_MAILBOX):
        # Gmail's ids are a mailbox's own; the Message-ID is the sender's and stays.
        _add_api(block, rows, replace(message, thread_id=block.next_id()))
        block.planted["messages_in_two_mailboxes"] += 1


def _write_role_mail(block: Block, rows: Rows, shop: Shop, email: str, *, newsletter: bool) -> None:
    dice = block.dice
    for _ in range(dice.between(2, 4)):
        staff = dice.pick(STAFF)
        block.staff_seen.add(staff)
        message = _message(block, moment_after(dice, shop.installed_at))
        message.sender, message.to = f"{shop.name} <{email}>", staff_address(dice, staff)
        if newsletter:
            message.subject = f"News from {shop.name}"
            message.more_headers = dice.sample(_BULK_HEADERS, dice.between(1, 3))
            block.planted["newsletters"] += 1
        _add_api(block, rows, message)


def _message(block: Block, moment: int) -> Message:
    message_id = f"<{block.next_id()}@mail.{INTERNAL_DOMAIN}>"
    subject, body = block.dice.pick(words.SUBJECTS), block.dice.pick(words.BODIES)
    return Message("", "", "", "", subject, body, moment, message_id, block.next_id())


def _add_api(block: Block, rows: Rows, message: Message) -> None:
    record = api_record(block, message)
    rows.add(record, landing(block.dice, message.moment), record["id"])


def _add_flat(block: Block, rows: Rows, message: Message) -> None:
    record = flat_record(block, message)
    rows.add(record, landing(block.dice, message.moment), record["id"])


def api_record(block: Block, message: Message) -> Record:
    """The shape of users.messages.get; header names vary in case."""
    dice = block.dice
    text, data, size = message.body
    values = (
        message.sender,
        message.to,
        message.cc,
        message.bcc,
        message.subject,
        mail_date(message.moment),
        message.message_id,
    )
    headers: list[Record] = [
        {"name": name, "value": value}
        for name, value in zip(dice.pick(_HEADER_NAMES), values, strict=True)
        if value
    ]
    return {
        "id": block.next_id(),
        "threadId": message.thread_id,
        "labelIds": ["INBOX", "UNREAD"] if dice.chance(0.3) else ["INBOX"],
        "snippet": text,
        "sizeEstimate": 2_000 + size,
        "historyId": str(9_000_000 + dice.below(1_000_000)),
        "internalDate": str(message.moment * 1_000),
        "payload": {
            "partId": "",
            "mimeType": "text/plain",
            "filename": "",
            "headers": headers + message.more_headers,
            "body": {"size": size, "data": data},
        },
    }


def flat_record(block: Block, message: Message) -> Record:
    """A loader's shape: no Cc; recipients are a text, a list, or missing."""
    dice = block.dice
    dated = iso(message.moment) if dice.chance(0.5) else mail_date(message.moment)
    recipients: Record = {}
    if message.to:
        recipients["recipients"] = message.to if dice.chance(0.5) else [message.to]
    return {
        "id": block.next_id(),
        "sender": message.sender,
        **recipients,
        "date": dated,
        "subject": message.subject,
        "body": message.body[0],
        "attachments": [],
        "threadId": message.thread_id,
    }


def _spoil(record: Record) -> None:
    record["snippet" if "snippet" in record else "body"] = "(still downloading)"


def sample_message(block: Block, sender: str, moment: int) -> Message:
    """A message to the staff."""
    message = _message(block, moment)
    message.sender, message.to = sender, STAFF[0].email
    return message
