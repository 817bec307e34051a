"""What is told as an answer is read for flags as the story is."""

from __future__ import annotations

from bot.actions.answering import answer
from bot.actions.form import TEXTS
from bot.actions.reply import Reply
from tests.meldpunt.test_flags import told_by


def test_what_is_told_as_an_answer_counts_too() -> None:
    dossier = told_by("professional")
    answer(dossier, "observed", "zij huilt vaak, het wordt steeds erger", 5, Reply(), TEXTS)
    assert "escalation" in dossier.flags
