"""Write seeds/phone_regions.csv from the metadata of the phonenumbers library.

A row is a region: its calling code, whether numbers with that code are read by its rules (the code
is shared by several regions, as +1 is), the trunk prefix that national spellings begin with, the
prefix for international calls, and the lengths of a number without its calling code.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

SEED = Path(__file__).parent.parent / "seeds" / "phone_regions.csv"
COLUMNS = ("region", "calling_code", "is_main", "trunk_prefix", "international_prefix", "lengths")


def rows() -> Iterator[tuple[str, int, str, str, str, str]]:
    """The rows of the seed, by calling code; region 001 stands for the whole world."""
    for code, regions in sorted(COUNTRY_CODE_TO_REGION_CODE.items()):
        for region in regions:
            if region == "001":
                metadata = PhoneMetadata.metadata_for_nongeo_region(code)
            else:
                metadata = PhoneMetadata.metadata_for_region(region)
            lengths = metadata.general_desc.possible_length
            yield (
                region if region != "001" else f"001-{code}",
                code,
                str(region == regions[0]).lower(),
                metadata.national_prefix or "",
                _plain(metadata.preferred_international_prefix or metadata.international_prefix),
                "|" + "|".join(str(length) for length in lengths) + "|",
            )


def _plain(prefix: str | None) -> str:
    """A prefix without the tone that some are followed by; a pattern is no prefix."""
    text = (prefix or "").replace("~", "")
    return text if text.isdigit() else ""


def write(path: Path) -> None:
    """Write the seed to a file."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows())


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else SEED)
