"""The words that names, shops and messages are made of."""

from __future__ import annotations

import base64


def _names(plain: str, others: dict[str, str]) -> tuple[tuple[str, str], ...]:
    # As people write them, and as their addresses do.
    return (*((name, name.lower()) for name in plain.split()), *others.items())


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST_NAMES = _names(
    """
    Ada Aisha Alan Amara Ann Ben Carla Chloe Dana Daniel Diego Elena Emma Erik Farah Felix Grace
    Hana Hugo Ines Ivan Jack Jane Julia Kai Kofi Lena Leo Lucia Marco Maria Mei Nadia Noah Olga
    Omar Paula Priya Quinn Ravi Rosa Sam Sara Theo Uma Victor Wendy Yuki Zara
    """,
    {
        "Zoë": "zoe",
        "José": "jose",
        "Jürgen": "juergen",
        "Åsa": "asa",
        "Łukasz": "lukasz",
        "François": "francois",
        "陽子": "yoko",
    },
)
LAST_NAMES = _names(
    """
    Abbott Adams Baker Becker Bell Brown Carter Chen Clark Costa Das Davis Doe Evans Fischer Ford
    Garcia Gupta Hall Hansen Ito Jones Khan Kim King Lopez Martin Meyer Mora Nguyen Novak Olsen
    Park Patel Reed Rossi Sato Schmidt Silva Singh Smith Tanaka Turner Wagner Walker Wang Weber
    White Wood Young
    """,
    {
        "Müller": "mueller",
        "Muñoz": "munoz",
        "Nowák": "nowak",
        "O'Neill": "oneill",
        "Gonçalves": "goncalves",
        "渡辺": "watanabe",
    },
)

SHOP_ADJECTIVES = _words(
    """
    Amber Blue Bright Cedar Clear Copper Coral Crisp Early Fern Golden Grand Green Hidden Indigo
    Ivory Kind Little Lucky Lunar Maple Mellow Misty Noble North Olive Quiet Rustic Silver Sunny
    Tidal Urban Velvet Wild Winter Woven
    """
)
SHOP_NOUNS = _words(
    """
    Anchor Barn Bay Brook Canyon Cove Field Forest Garden Gate Grove Harbor Haven Hill Island Lake
    Lane Lantern Meadow Mill Orchard Peak Pine Pond Ridge River Shore Spring Stone Summit Valley
    Willow
    """
)
SHOP_TRADES = _words(
    """
    Apparel Bakery Bikes Books Candles Ceramics Coffee Cosmetics Flowers Furniture Goods Jewelry
    Outfitters Pets Plants Prints Records Supply Tea Toys
    """
)

FREEMAIL_DOMAINS = ("gmail.com", "gmail.com", "outlook.com", "yahoo.com", "icloud.com", "web.de")

SUBJECTS = (
    "Question about my invoice",
    "Reviews do not show on the product page",
    "How do I change the plan?",
    "Thank you!",
    "Import of old orders",
    "Widget is slow on mobile",
    "Refund request",
    "Onboarding call next week",
    "=?UTF-8?Q?Caf=C3=A9_theme_and_the_widget?=",
    "Re: trial extension",
)
_SENTENCES = (
    "Could you please have a look? It started yesterday.",
    "Thanks for the quick answer, that solved it.",
    "We would like to talk about a yearly plan.",
    "Attached is a screenshot of what we see.",
    "Please find the details below. Kind regards",
)
BODIES = tuple(
    (text, base64.urlsafe_b64encode(text.encode()).decode(), len(text)) for text in _SENTENCES
)
