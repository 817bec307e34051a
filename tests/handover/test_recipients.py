"""Mistakes in the table of recipients are refused with file, line and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

import meldpunt
from meldpunt.data_files import DataFileError
from meldpunt.sharing import load_recipients

FILE = Path(meldpunt.__file__).parent / "data" / "recipients.yml"
BROKEN = [
    ("item: delen_gemeente", "item: delen_dorp", "no consent item 'delen_dorp'"),
    ("- hulp.opvang_nodig", "- hulp.opvang", "no field 'hulp.opvang'"),
    ("    item: delen_politie\n", "", "no consent item None"),
]


@pytest.mark.parametrize(("good", "bad", "says"), BROKEN)
def test_a_mistake_is_refused_with_file_line_and_remedy(tmp_path: Path, good: str, bad: str, says: str) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert good in text
    file = tmp_path / FILE.name
    file.write_text(text.replace(good, bad, 1), encoding="utf-8")
    with pytest.raises(DataFileError) as refused:
        load_recipients(file)
    assert (refused.value.file, says in str(refused.value)) == (FILE.name, True), refused.value
    assert refused.value.line > 1
