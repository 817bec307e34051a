"""Every data file is checked when it is read: a mistake is refused with file, line and what to do."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import meldpunt
from bot.actions.answers import load_answer_words
from bot.actions.volunteered import load_volunteered_words
from handover.conversation.texts import load_texts
from meldpunt.data_files import DataFileError
from meldpunt.help import load_organisations
from meldpunt.indicators.catalogue import load_catalogue
from meldpunt.indicators.labels import load_labels
from meldpunt.opening import load_words
from meldpunt.places.find import load_place_words
from meldpunt.places.gazetteer import read_gazetteer
from meldpunt.reading.age import load_age_words, load_number_words
from meldpunt.reading.context import load_context_words
from meldpunt.reading.details import load_detail_words
from meldpunt.reading.intent_rules import load_intent_rules
from meldpunt.reading.language.components import load_verbs
from meldpunt.reading.language.pipeline import load_lemmas
from meldpunt.reading.lexicon import load_entries
from meldpunt.reading.normalise import load_vocabulary
from meldpunt.reading.remarks import load_remark_words
from meldpunt.reading.safety import load_families
from meldpunt.triage.flags import load_flag_words
from meldpunt.triage.rules import load_rules

DATA = Path(meldpunt.__file__).parent / "data"


def places(file: Path) -> object:
    return read_gazetteer(file.parent)


# file, who reads it, the text that is broken, what it becomes, what the message says
BROKEN: list[tuple[str, Callable[[Path], object], str, str, str]] = [
    ("indicators.json", load_catalogue, '"categorie": "handeling"', '"categorie": "handel"', "use one of handeling"),
    ("indicators.json", load_catalogue, '"gewicht": 3', '"gewicht": 9', "whole number from 1 to 5"),
    ("triage.json", load_rules, '"id": "H3", "level": "hoog"', '"id": "H3", "level": "hog"', "level 'hog' is unknown"),
    ("triage.json", load_rules, '{"age": "under_12"}, {"category"', '{"age": "baby"}, {"category"', "age 'baby'"),
    ("triage.json", load_rules, '"indicator": ["suicidaal"]', '"indicator": ["somber"]', "is not in indicators.json"),
    ("triage.json", load_rules, '"max_follow_ups": 6', '"max_follow_ups": 0', "whole number from 1"),
    ("analysis.json", load_labels, '"time": "tijd"', '"time": ""', "has no words"),
    ("indicator_rules.tsv", load_entries, "\nschuldbinding\t", "\nschuld\t", "'schuld' is not in indicators.json"),
    ("safety_phrases.tsv", load_families, "\nsuicidaal\twil dood", "\nsomber\twil dood", "kind 'somber' is unknown"),
    ("intent_rules.tsv", load_intent_rules, "\nwant_human\t", "\nwant human!\t", "no name of an intent"),
    ("questions.tsv", load_intent_rules, "\nask_when_reply\t", "\nask when\t", "no name of an intent"),
    ("flags.tsv", load_flag_words, "\nescalation\t", "\nerger\t", "flag 'erger' is unknown"),
    ("answers.tsv", load_answer_words, "\nwhen.now\t", "\nwhen.soon\t", "name 'when.soon' is unknown; use one of"),
    ("answers.tsv", load_answer_words, "\nno_place\t", "\n# no_place\t", "no row for no_place; add one"),
    ("answers.tsv", load_answer_words, "{DAY}\\w*", "{DAG}\\w*", "piece {DAG} is unknown; write a row DAG above it"),
    ("answers.tsv", load_answer_words, "\nDAY\t(?:maan", "\nDAY\t((?:maan", "the piece cannot be read"),
    ("answers.tsv", load_answer_words, "\nenough\t", "\nenough\t(", "the pattern cannot be read"),
    ("answers.tsv", load_answer_words, "\ndone\t^", "\ndone\t\\w*|^", "the pattern matches everything"),
    ("answers.tsv", load_answer_words, "\nyes\t^", "\nyes\t(?i)^", "a flag (?i:...); write it so"),
    ("context.tsv", load_context_words, "\nmedia\t\\b(?:", "\nmedia\t\\b(", "a group is written (?:...) here"),
    ("context.tsv", load_context_words, "\ntime.nu\t", "\ntime.straks\t", "name 'time.straks' is unknown; use one of"),
    ("context.tsv", load_context_words, "\nover\t", "\nover\t\t", "separate them by one tab"),
    ("details.tsv", load_detail_words, "\nplatform.twitch\t", "\nplatform.\t", "name 'platform.' is unknown"),
    ("details.tsv", load_detail_words, "\nmoment.longer_ago\t", "\nmoment.ooit\t", "name 'moment.ooit' is unknown"),
    ("details.tsv", load_detail_words, "\ntold\t", "\ntold\t[", "the pattern cannot be read"),
    ("age.tsv", load_age_words, "\nself\t\\b{NUM} ", "\nself\t\\b ", "write (?P<n>...) around it"),
    ("age.tsv", load_age_words, "\nNUM\t", "\nNUMMER\t", "piece {NUM} is unknown; write a row NUM above it"),
    ("age.tsv", load_age_words, "\nspouse\t", "\nhusband\t", "name 'husband' is unknown"),
    ("number_words.tsv", load_number_words, "\nelf\t11", "\nelf\telf", "'elf' is no number; write it in digits"),
    ("number_words.tsv", load_number_words, "\nelf\t11", "\nelf jaar\t11", "not one word in lower case"),
    ("number_words.tsv", load_number_words, "\nelf\t11", "\ntien\t11", "'tien' is there twice"),
    ("place_words.tsv", load_place_words, "(?P<stem>.{4,})er$", ".{4,}er$", "write (?P<stem>...) around it"),
    ("place_words.tsv", load_place_words, "\nadjective\t", "\nadjectief\t", "name 'adjectief' is unknown"),
    ("remarks.tsv", load_remark_words, "\nown_acts\t", "\neigen\t", "kind 'eigen' is unknown"),
    ("volunteered.tsv", load_volunteered_words, "\nwants\thelp", "\nwants\thulp", "value 'hulp' is unknown"),
    ("help.yml", load_organisations, "[own_acts]", "[daden]", "kinds of remarks.tsv"),
    ("help.yml", load_organisations, 'number: "0800-0188"', 'number: "nul acht"', "is no telephone number; write it"),
    ("help.yml", load_organisations, "fits: {roles: [parent]}", "fits: {roles: [opa]}", "opa"),
    ("help.yml", load_organisations, "id: csg,", "id: alarm,", "row alarm is there twice"),
    ("help.yml", load_organisations, "organisations:", "organisations: [", "is not YAML"),
    ("opening.json", load_words, '"zaterdag", "zondag"]', '"zaterdag"]', "days needs 7 words"),
    ("opening.json", load_words, '"{day} om {time} uur"', '"{dag} om {time} uur"', "with {day} and {time}"),
    ("system_texts.yml", load_texts, '["Alleen tekst", "Stuur geen', '["Stuur geen', "errors: binary needs a title"),
    ("system_texts.yml", load_texts, 'back_to_bot: "Sam doet weer mee."', "back_to_bot:", "back_to_bot needs a text"),
    ("system_texts.yml", load_texts, "choices:", "keuzes:", "needs choices"),
    ("normalise.csv", load_vocabulary, "\nkheb,ik heb", "\nkheb,", "a word is empty"),
    ("gazetteer.csv", places, "\nAadorp,kern,Almelo", "\nAadorp,kern,Almeloo", "one of the 14 municipalities"),
    ("place_rules.csv", places, "\nEnter,los", "\nEnter,soms", "rule 'soms' is unknown"),
    ("outside.txt", places, "\nAalten\n", "\nAalten, Asten\n", "one name a line"),
    ("lemmas.tsv", load_lemmas, "\nzag\t", "\nzag\tx\t", "separate them by one tab"),
    ("context_verbs.tsv", load_verbs, "\nzelf_gezien\tzien", "\ngeraden\tzien", "source 'geraden' is unknown"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "read", "good", "bad", "says"), BROKEN, ids=[f"{row[0]}-{i}" for i, row in enumerate(BROKEN)]
)
def test_a_mistake_is_refused_with_file_line_and_remedy(
    tmp_path: Path, name: str, read: Callable[[Path], object], good: str, bad: str, says: str
) -> None:
    for file in DATA.glob("*.*"):
        shutil.copy(file, tmp_path)
    file = tmp_path / name
    text = file.read_text(encoding="utf-8")
    assert good in text
    file.write_text(text.replace(good, bad, 1), encoding="utf-8")
    with pytest.raises(DataFileError) as refused:
        read(file)
    assert (refused.value.file, says in str(refused.value)) == (name, True), refused.value
    assert refused.value.line > 1
    read_good = DATA / name
    assert read(read_good)


@pytest.mark.parametrize("name", ["indicator_rules.tsv", "safety_phrases.tsv", "intent_rules.tsv"])
def test_a_pattern_that_cannot_be_read_names_its_line(tmp_path: Path, name: str) -> None:
    read = {row[0]: row[1] for row in BROKEN}[name]
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    first = next(i for i, line in enumerate(lines) if line[:1].islower())  # after the comments and the pieces
    cells = lines[first].split("\t")
    cells[2 if name.startswith("safety") else 1] = "(open"
    lines[first] = "\t".join(cells)
    (tmp_path / name).write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(DataFileError, match=rf"{name}, line {first + 1}: the pattern cannot be read"):
        read(tmp_path / name)
