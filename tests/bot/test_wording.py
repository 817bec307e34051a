"""Every text of ``domain.yml``: short, plain Dutch (B1), nothing that may never be said (domain.md 4.3, 4.5)."""

from __future__ import annotations

import re

import pytest
import textstat
import yaml

from bot.actions.texts import DOMAIN
from meldpunt.help import with_numbers

MOST_WORDS_IN_A_SENTENCE = 15
MOST_WORDS_IN_A_BUBBLE = 25
READABLE = 50.0  # Flesch-Douma; B1 texts lie above 60 at the mean, single short ones below it
READABLE_MEAN = 70.0
PLACEHOLDER = re.compile(r"\{\w+\}")
AVOID = (
    "indien", "teneinde", "middels", "betreffende", "omtrent", "derhalve", "casusregie", "avim", "risicotaxatie",
    "slachtoffer", "prostituee", "dader", "waarom heb", "waarom ben", "het komt goed", "ik begrijp precies",
    "je wordt beschermd", "geheim blijft", "mensenhandel is", "stuur de foto", "bewijs verzamelen", "u dient",
)  # fmt: skip
EMOJI = re.compile("[\U0001f300-\U0001faff☀-➿]")
RESPONSES = yaml.safe_load(with_numbers(DOMAIN.read_text(encoding="utf-8")))["responses"]
TEXTS = [
    pytest.param(variant["text"], id=f"{name}-{number}")
    for name, variants in RESPONSES.items()
    for number, variant in enumerate(variants)
]
SENTENCES = [p for p in TEXTS if len(str(p.values[0]).split()) >= 4]
LABELS = sorted(
    {button["title"] for variants in RESPONSES.values() for v in variants for button in v.get("buttons", ())}
)
textstat.set_lang("nl")


def words_of(text: str) -> list[str]:
    return re.findall(r"[\w'-]+", PLACEHOLDER.sub("iets", text))


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_short(text: str) -> None:
    assert len(words_of(text)) <= MOST_WORDS_IN_A_BUBBLE
    for sentence in re.split(r"(?<=[.!?:])\s+", text):
        assert len(words_of(sentence)) <= MOST_WORDS_IN_A_SENTENCE, sentence


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_says_nothing_that_may_never_be_said(text: str) -> None:
    lower = text.lower().replace("slachtofferhulp", "")
    assert not [word for word in AVOID if word in lower]
    assert not EMOJI.search(text)


@pytest.mark.parametrize("text", SENTENCES)
def test_a_text_is_readable(text: str) -> None:
    plain = PLACEHOLDER.sub("iets", re.sub(r"\b[\w.]+\.(?:nl|org)\S*|[+\d][\d -]{2,}", "iets", text))
    assert textstat.flesch_reading_ease(plain) >= READABLE


def test_the_texts_together_are_easy() -> None:
    scores = [textstat.flesch_reading_ease(PLACEHOLDER.sub("iets", p.values[0])) for p in SENTENCES]
    assert sum(scores) / len(scores) >= READABLE_MEAN


@pytest.mark.parametrize("name", [n for n in RESPONSES if len(RESPONSES[n]) > 1])
def test_both_forms_of_address_are_kept_apart(name: str) -> None:
    for variant in RESPONSES[name]:
        conditions = {(c["name"], c["value"]) for c in variant.get("condition", ())}
        if ("address", "u") in conditions:
            assert not re.search(r"\b(?:je|jij|jou|jouw)\b", variant["text"], re.I), variant["text"]
        elif ("address", "u") in {
            (c["name"], c["value"]) for v in RESPONSES[name] for c in v.get("condition", ())
        }:
            assert not re.search(r"\b(?:u|uw)\b", variant["text"]), variant["text"]


@pytest.mark.parametrize("label", LABELS)
def test_a_button_is_short(label: str) -> None:
    assert len(label.split()) <= 6


def test_no_telephone_number_stands_outside_the_data_file() -> None:
    assert not re.findall(r"\b0[89]00-?\d{4}\b|\b033-\d", DOMAIN.read_text(encoding="utf-8"))


def test_each_question_can_be_explained() -> None:
    asks = {name.removeprefix("utter_ask_") for name in RESPONSES if name.startswith("utter_ask_")}
    asks |= {"place"}
    explained = {name.removeprefix("utter_explain_") for name in RESPONSES if name.startswith("utter_explain_")}
    assert asks - {"story"} <= explained
    assert explained <= asks
