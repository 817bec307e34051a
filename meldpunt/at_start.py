"""Mistakes in data files are found when a process starts, not when the first visitor needs the file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from meldpunt import opening
from meldpunt.data_files import DataFileError
from meldpunt.help import organisations
from meldpunt.indicators.catalogue import catalogue
from meldpunt.indicators.labels import labels
from meldpunt.places.find import place_words
from meldpunt.places.gazetteer import load_gazetteer
from meldpunt.reading.age import age_words, number_words
from meldpunt.reading.context import context_words
from meldpunt.reading.details import detail_words
from meldpunt.reading.intent_rules import intent_rules, question_rules
from meldpunt.reading.lexicon import entries
from meldpunt.reading.normalise import vocabulary
from meldpunt.reading.remarks import remark_words
from meldpunt.reading.safety import families
from meldpunt.triage.flags import flag_words
from meldpunt.triage.rules import rule_set


@contextmanager
def refusing_mistakes() -> Iterator[None]:
    """A mistake in a data file ends this process with its file, line and remedy, and without a stack trace."""
    try:
        yield
    except DataFileError as mistake:
        sys.exit(str(mistake))


def check_data() -> None:
    """Read every data file that Sam and staff share; raises :class:`DataFileError` for the first mistake."""
    catalogue(), labels(), rule_set(), flag_words(), organisations(), opening.words()
    load_gazetteer(), vocabulary(), families(), entries(), intent_rules(), question_rules(), remark_words()
    age_words(), number_words(), context_words(), detail_words(), place_words()
