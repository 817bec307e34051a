"""What people say beside the question that is open: heard, kept, and not asked again."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.actions.form import REQUESTED
from bot.actions.volunteered import VolunteeredError, load_volunteered_words
from tests.bot.talk import Talk
from tests.bot.test_talk import STORY, at, begun, said


def first(text: str) -> Talk:
    talk = Talk()
    talk.begin()
    talk.say(text)
    return talk


def asked(ask: str) -> Talk:
    """A conversation in which this question is open."""
    talk = at("age_band")
    talk.slots[REQUESTED], talk.ask = ask, ask
    return talk


def test_three_answers_in_the_first_message_are_all_kept() -> None:
    talk = first("ja veilig, ik ben 19 en woon in Oldenzaal en het is nu bezig")
    found = {ask: one.value for ask, one in talk.dossier.answers.items()}
    assert found == {"safe_to_type": "yes", "age_band": "18_23", "place": "Oldenzaal", "when": "now"}
    assert talk.ask == "story"


def test_since_when_and_who_knows_in_the_story_are_not_asked() -> None:
    talk = begun()
    talk.say("een man laat me telefoonabonnementen afsluiten, sinds september, niemand weet het, ik ben 19")
    assert talk.dossier.answers["since_when"].value == "sinds september"
    assert talk.dossier.answers["who_knows"].value == "no"


def test_where_a_mother_lives_is_no_answer_to_whether_her_child_is_free() -> None:
    talk = asked("free_to_go")
    talk.say("ik woon in Borne")
    assert "free_to_go" not in talk.dossier.answers
    assert talk.dossier.gemeente == "Borne"


def test_more_of_the_story_is_heard_before_the_question_is_put_again() -> None:
    talk = at("place")
    heard = talk.say("hij zegt ook dat hij mijn broertje pakt als ik niet kom")
    assert heard[0] == "Dank je, dat helpt."
    assert talk.ask == "place"


def test_advice_comes_also_when_a_later_message_tells_what_it_is_for() -> None:
    talk = begun()
    talk.say("er is een jongen op snap die een naaktfoto van mij heeft")
    heard = said(talk.say("hij zegt dat hij hem doorstuurt naar mijn klas als ik niet nog een stuur"))
    assert "Betaal niet" in heard


def test_men_in_a_room_are_no_age() -> None:
    talk = at("age_band")
    heard = said(talk.say("wij slapen in kamer met 8 man"))
    assert "Kindertelefoon" not in heard
    assert "age_band" not in talk.dossier.answers


def test_a_number_as_answer_to_the_age_is_kept_in_years_and_claims_nothing() -> None:
    talk = at("age_band")
    before = talk.dossier.indicators()
    talk.say("15")
    assert talk.dossier.age == 15
    assert talk.dossier.indicators() == before


def test_a_yes_is_no_place() -> None:
    talk = at("place")
    talk.say("klopt")
    assert talk.ask == "place"


def test_now_is_an_answer_to_when_and_no_alarm() -> None:
    talk = asked("when")
    assert "112" not in said(talk.say("nu"))
    assert talk.dossier.answers["when"].value == "now"


@pytest.mark.parametrize("words", ["niet gevaar", "nee geen gevaar nu"])
def test_no_danger_is_no_alarm_and_no_answer_about_keeping_it(words: str) -> None:
    talk = at("consent:opslaan_melding")
    assert "Dit klinkt gevaarlijk" not in said(talk.say(words))
    assert "opslaan_melding" not in talk.dossier.consent
    assert talk.ask is not None


def test_a_cry_of_danger_is_no_answer_about_keeping_it() -> None:
    talk = at("consent:opslaan_melding")
    assert "112" in talk.say("nee nee help hij staat voor de deur met een mes")[0]
    assert "opslaan_melding" not in talk.dossier.consent


def test_not_knowing_in_twents_is_thinking_it_over() -> None:
    talk = at("consent:opslaan_melding")
    assert "Dat mag" in said(talk.say("nee dat wet ik nich"))
    assert talk.ask == "consent:opslaan_melding"


def test_a_number_beside_the_yes_to_contact_is_taken() -> None:
    talk = at("consent:contact_terug")
    talk.say("ja, bel mij op school: 0546-123456, tussen 12 en 13 uur")
    assert talk.dossier.answers["contact_detail"].value == "0546-123456"
    assert talk.ask not in ("consent:contact_terug", "contact_channel", "contact_detail")


def test_contact_here_is_contact_by_code() -> None:
    talk = at("consent:contact_terug")
    talk.say("ja via hier")
    assert talk.dossier.answers["contact_channel"].value == "code_only"


def test_who_sits_alone_is_not_warned_of_a_watcher() -> None:
    talk = Talk()
    talk.begin()
    heard = said(talk.say("Ja dat kan, ik zit alleen in de keuken"))
    assert "Stop als het niet veilig is" not in heard
    assert talk.ask == "story"


def test_a_mother_who_does_not_know_where_to_begin_is_greeted_and_asked() -> None:
    talk = first("Goedenavond, ik ben een bezorgde moeder en ik weet eigenlijk niet goed waar ik moet beginnen.")
    assert talk.dossier.role == "parent"
    assert "story" not in talk.dossier.answers


def test_a_short_story_about_oneself_is_no_greeting() -> None:
    talk = begun()
    assert "Fijn dat je er bent" not in said(talk.say("hij wil geld van mij"))
    assert talk.dossier.answers["story"].value == "told"


def test_who_knows_little_dutch_is_put_at_ease() -> None:
    talk = first("hallo ik ben Polska man, ik spreek beetje nederlands")
    assert "Korte zinnen mogen" in said(talk.said)
    assert "story" not in talk.dossier.answers


def test_a_role_that_was_guessed_gives_way_to_the_words_of_a_parent() -> None:
    talk = begun()
    talk.say("ik weet niet of ik hier goed zit maar ik maak me grote zorgen over iets")
    talk.say("mijn dochter van 15 wordt opgehaald door steeds andere mannen en heeft ineens een dure telefoon")
    assert talk.dossier.role == "parent"
    assert talk.dossier.address == "u"


def test_what_changed_is_heard_at_the_summary_and_shown_again() -> None:
    talk = at("summary")
    heard = said(talk.say("ja klopt, alleen ben ik nu 19"))
    assert "aangepast" in heard
    assert "19" in heard
    assert talk.ask == "summary"


def test_coming_again_tomorrow_is_no_pause() -> None:
    talk = at("consent:opslaan_melding")
    assert "Kom binnen een dag terug" not in said(talk.say("morgenavond moet ik weer"))


def test_a_parent_who_asks_how_to_talk_wants_advice() -> None:
    talk = begun()
    talk.say(STORY)
    while talk.ask != "wants":
        talk.say("weet ik niet")
    talk.say("hoe kan ik het beste hulp krijgen en wat moet ik doen")
    assert talk.dossier.answers["wants"].value in ("advice", "help")


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        ("da het stopt", "help"),
        ("mijn geld", "help"),
        ("adviesvraag", "advice"),
        ("advies, en misschien een melding", "advice"),
        ("wat möt ik doon", "advice"),
        ("weet niet, hulp denk ik", "help"),
        ("Ik zou graag met iemand overleggen wat verstandig is", "advice"),
    ],
)
def test_a_wish_in_own_words_is_understood_at_once(words: str, wish: str) -> None:
    talk = at("wants")
    talk.say(words)
    assert talk.dossier.answers["wants"].value == wish
    assert talk.ask == "consent:opslaan_melding"


@pytest.mark.parametrize("words", ["alleen via hier", "met de code", "ja telefoon"])
def test_how_contact_is_wanted_says_that_it_is_wanted(words: str) -> None:
    talk = at("consent:contact_terug")
    talk.say(words)
    assert talk.dossier.consent["contact_terug"]["waarde"] == "ja"
    assert talk.dossier.answers["contact_channel"].value in ("code_only", "phone")


@pytest.mark.parametrize("words", ["als dat helpt wel", "xqzv blorp"])
def test_no_question_is_put_for_ever_and_what_is_no_yes_is_no_consent(words: str) -> None:
    talk = at("consent:bewaren_eigen_woorden")
    for _ in range(4):
        if talk.ask == "consent:bewaren_eigen_woorden":
            talk.say(words)
    assert talk.ask == "consent:contact_terug"
    assert talk.dossier.consent["bewaren_eigen_woorden"]["waarde"] == "later"


def test_where_people_are_is_said_once_and_the_numbers_each_time() -> None:
    talk = at("place")
    assert "Vanaf morgen" in said(talk.say("ik wil een mens spreken"))
    again = said(talk.say("ik wil een mens spreken"))
    assert "Vanaf morgen" not in again
    assert "0800-2000" in again


def test_a_word_that_is_not_known_is_explained() -> None:
    talk = asked("consent_delen_zorgcoordinator")
    assert "iemand die hulp regelt" in said(talk.say("wat is dat"))


def test_one_word_may_be_the_story_but_done_is_not() -> None:
    talk = begun()
    assert "klein beginnen" in said(talk.say("klaar"))
    talk.say("loverboy")
    assert talk.dossier.texts
    talk.say("klaar")
    assert talk.ask == "reporter_role"


def test_who_has_no_more_to_tell_after_saying_why_they_come_goes_on() -> None:
    talk = first("Ik ben docent op een vmbo in Almelo en maak me zorgen over een leerling van 15.")
    assert talk.ask == "story"
    talk.say("klaar")
    assert talk.ask not in (None, "story")


def test_who_tells_nothing_is_asked_once_more_and_then_let_on() -> None:
    talk = begun()
    talk.say("klaar")
    talk.say("klaar")
    assert talk.ask == "reporter_role"


def test_top_confirms_the_summary() -> None:
    talk = at("summary")
    talk.say("top")
    assert talk.report


def test_a_mistake_in_the_table_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "volunteered.tsv"
    file.write_text("# ask\tvalue\tpattern\nleeftijd\t*\thaha\n", encoding="utf-8")
    with pytest.raises(VolunteeredError, match=r"volunteered.tsv, line 2: ask 'leeftijd' is unknown; use one of"):
        load_volunteered_words(file)
