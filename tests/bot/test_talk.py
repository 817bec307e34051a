"""Small things that a frightened visitor would stumble over, each once mended: the real reader, the real form."""

from __future__ import annotations

import pytest

from bot.actions.dossier import Dossier
from meldpunt.help import fitting
from tests.bot.talk import Talk

STORY = "ik moet van hem geld pinnen met mijn pasje anders slaat hij me"


def begun() -> Talk:
    talk = Talk()
    talk.begin()
    talk.choose("yes")
    return talk


def at(ask: str, **answers: str) -> Talk:
    """A conversation that has come to this question."""
    talk = begun()
    talk.say(STORY)
    usual = {"age_band": "16_17", "place": "losser", "in_danger_now": "no", "wants": "help", "when": "now", **answers}
    for _ in range(15):
        if talk.ask == ask:
            return talk
        fallback = "yes" if str(talk.ask).startswith("consent:") else "weet ik niet"
        answer = usual.get(str(talk.ask), fallback)
        talk.choose(answer) if answer in talk.choices else talk.say(answer)
    raise AssertionError(f"never came to {ask}: {talk.said[-3:]}")


def said(texts: list[str]) -> str:
    return " ".join(texts)


@pytest.mark.parametrize("number", ["0612345678", "06-12345678 graag na 4 uur", "bel maar op 06 12 34 56 78"])
def test_a_telephone_number_is_an_answer_and_no_wish_to_be_called_back(number: str) -> None:
    talk = at("contact_channel")
    talk.choose("phone")
    talk.say(number)
    assert talk.ask in ("contact_safe_times", "consent:delen_zorgcoordinator", "summary")
    assert "0" in talk.dossier.answers["contact_detail"].value


def test_yes_with_a_number_and_a_time_answers_three_questions() -> None:
    talk = at("consent:contact_terug")
    talk.say("ja, 0612345678, maar alleen overdag")
    answers = talk.dossier.answers
    assert answers["contact_channel"].value == "phone"
    assert answers["contact_safe_times"].value == "alleen overdag"
    assert talk.ask not in ("contact_channel", "contact_detail", "contact_safe_times")


def test_changing_to_the_code_at_the_question_for_a_number() -> None:
    talk = at("contact_channel")
    talk.choose("email")
    talk.choose("code_only")
    assert talk.dossier.answers["contact_channel"].value == "code_only"
    assert "contact_detail" not in talk.dossier.answers


def test_a_question_beside_the_story_is_answered_too() -> None:
    heard = said(begun().say("ik moest van hem 3 telefoonabonnementen afsluiten krijg ik nu straf"))
    assert "geven geen straf" in heard
    assert "Beloven kan ik niets" in heard


def test_an_age_beside_a_question_is_not_asked_again() -> None:
    talk = at("age_band")
    heard = said(talk.say("16, waarom wil je dat weten?"))
    assert "extra regels" in heard
    assert talk.ask != "age_band"


def test_a_place_that_is_said_too_early_is_kept() -> None:
    talk = begun()
    talk.say("wat een kutzooi, er is iets rondgestuurd in de klassenapp en iedereen ziet het")
    talk.say("haaksbergen")
    assert talk.dossier.gemeente == "Haaksbergen"


def test_gaat_je_niks_aan_skips() -> None:
    talk = at("age_band")
    assert "slaan we dat over" in said(talk.say("gaat je niks aan"))


def test_enough_questions_means_no_more_of_them() -> None:
    talk = at("age_band")
    assert "vraag ik niet verder" in said(talk.say("hou op met vragen"))
    assert talk.ask == "wants"


def test_a_thumb_is_a_yes() -> None:
    talk = at("consent:opslaan_melding")
    talk.say("👍")
    assert talk.dossier.consent["opslaan_melding"]["waarde"] == "ja"


def test_a_question_that_stays_unanswered_is_let_go() -> None:
    talk = at("age_band")
    for _ in range(3):
        talk.say("xqzv blorp")
    assert talk.ask != "age_band"


def test_who_is_not_alone_sees_nothing_of_the_conversation_until_it_is_safe() -> None:
    talk = at("place")
    heard = talk.say("stop hij komt binnen hij leest mee")
    assert "Snel weg" in heard[0]
    assert talk.ask == "safe_to_type"
    assert "We gaan verder" in said(talk.say("ben weer alleen"))
    assert talk.ask == "place"


def test_after_a_no_nobody_is_said_to_read_and_safety_still_comes_first() -> None:
    talk = at("consent:opslaan_melding")
    talk.choose("no")
    assert "Een medewerker leest" not in said(talk.say("ok"))
    assert "113" in talk.say("ik wil dood")[0]


def test_help_is_named_also_when_nobody_said_who_it_is_about() -> None:
    dossier = Dossier()
    dossier.note("reporter_role", "unknown", 1)
    assert dossier.role is None
    assert fitting([], dossier.role or "self", "unknown")


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("ik moet vanavond iets wegbrengen voor gasten anders pakken ze mijn broertje", "self"),
        ("bij mij in de straat wonen acht mannen in een schuur", "bystander"),
        ("als jongerenwerker zie ik een jongen die wordt opgehaald", "professional"),
        ("goedemiddag, ik ben een moeder", "parent"),
    ],
)
def test_for_whom_somebody_writes_is_taken_from_the_words(text: str, role: str) -> None:
    talk = begun()
    talk.say(text)
    assert talk.dossier.role == role


def test_what_was_not_told_stands_in_the_summary_and_may_be_filled_in() -> None:
    talk = at("summary", age_band="weet ik niet", place="weet ik niet", when="weet ik niet")
    assert "Wanneer: nog niet verteld" in said(talk.said)
    talk.choose("change")
    assert "when" in talk.choices
    talk.choose("when")
    assert talk.ask == "when"


def test_a_mother_who_asks_what_to_do_is_not_asked_what_she_wants() -> None:
    talk = begun()
    talk.say("Mijn dochter van 14 komt thuis met dure kleding en heeft twee telefoons, wij weten niet wat we moeten doen")
    assert talk.dossier.answers["wants"].value == "advice"


def test_a_neighbour_is_not_asked_about_herself() -> None:
    talk = begun()
    heard = said(talk.say("bij mij in de straat wordt een jongen geslagen door de mannen voor wie hij werkt"))
    if talk.ask == "in_danger_now":
        heard = said(talk.say("weet ik niet"))
    assert "Hoe oud ben je" not in heard


def test_yes_is_no_answer_to_since_when() -> None:
    dossier = Dossier()
    from bot.actions.answers import parse
    from meldpunt.reading import Reading

    assert parse("since_when", "ja", Reading("ja")) is None
    assert parse("since_when", "ja al een jaar", Reading("ja al een jaar")) is not None
    assert not dossier.answers


def test_a_number_in_the_story_is_not_asked_again() -> None:
    talk = begun()
    talk.say("ik moet van hem geld pinnen anders slaat hij me, bel me aub op 0612345678, ben 16 uit Rijssen")
    for _ in range(10):
        if talk.ask == "consent:contact_terug":
            break
        talk.choose("yes") if "yes" in talk.choices else talk.say("weet ik niet")
    talk.choose("yes")
    assert talk.ask not in ("contact_channel", "contact_detail")
    assert talk.dossier.answers["contact_detail"].value == "0612345678"


def test_what_a_question_means_is_explained() -> None:
    talk = at("place")
    assert "dorp of de stad" in said(talk.say("wat is een gemeente"))
    assert talk.ask == "place"


def test_no_danger_is_no_danger() -> None:
    talk = at("age_band")
    assert "112" not in said(talk.say("nee niet gevaar nu"))


def test_oke_after_an_answer_of_sam_is_no_yes_to_the_open_question() -> None:
    talk = at("in_danger_now")
    talk.say("kunnen jullie dit aan mijn ouders vertellen?")
    talk.say("ok dankje")
    assert talk.ask == "in_danger_now"
    assert "in_danger_now" not in talk.dossier.answers
    talk.say("ok")
    assert talk.ask == "in_danger_now"
    talk.say("nee")
    assert talk.dossier.answers["in_danger_now"].value == "no"


def test_what_another_will_not_tell_is_story_and_skips_nothing() -> None:
    talk = Talk()
    talk.begin()
    heard = talk.say("ze komt s nachts vaak niet thuis, heeft ineens een dure telefoon en wil niet zeggen van wie")
    assert "slaan we dat over" not in said(heard)
    assert talk.dossier.texts


@pytest.mark.parametrize("cry", ["help", "HELP!!", "helppp", "help me pls", "hulp nodig", "sos"])
def test_a_cry_for_help_is_never_not_understood(cry: str) -> None:
    talk = Talk()
    talk.begin()
    heard = said(talk.say(cry))
    assert "112" in heard
    assert "snap ik" not in heard
    assert talk.ask == "safe_to_type"


def test_a_sentence_that_tells_is_heard_and_kept_at_any_question() -> None:
    talk = Talk()
    talk.begin()
    talk.say("hij staat voor de deur")
    heard = said(talk.say("ik zit op de wc"))
    assert "snap ik" not in heard
    assert "ik zit op de wc" in talk.dossier.texts.values()


def test_a_place_that_comes_a_question_too_late_is_kept() -> None:
    talk = at("consent:opslaan_melding", place="weet ik niet")
    heard = said(talk.say("almelo"))
    assert "Fijn dat je er bent" not in heard
    assert talk.dossier.answers["place"].value == "Almelo"
    assert talk.ask == "consent:opslaan_melding"


def test_an_age_a_question_too_early_is_never_sent_away() -> None:
    talk = begun()
    talk.say("mijn moeder krijgt geld van mannen die bij ons komen")
    for said_early in ("13", "ik ben 13"):
        heard = said(talk.say(said_early))
        assert "kan ik niet bij helpen" not in heard
    assert talk.dossier.age == 13


@pytest.mark.parametrize("story", ["mn vader verkoopt me aan zn vrienden", "iemand heeft een naaktfoto van me"])
def test_who_tells_what_is_done_to_me_is_not_asked_whom_it_is_about(story: str) -> None:
    talk = begun()
    talk.say(story)
    assert talk.dossier.role == "self"


def test_a_despairing_sentence_answers_no_question_about_a_place() -> None:
    talk = at("place")
    talk.say("nee ik doe het niet echt maar ik weet niet meer wat ik moet")
    assert "place" not in talk.dossier.answers


def test_doei_is_a_goodbye_also_after_something_not_understood() -> None:
    talk = begun()
    talk.say(STORY)
    talk.say("jkfdhgkjdf lksjdf")
    talk.say("asdhgf dfkjh")
    assert "Dag. Je kunt altijd terugkomen" in said(talk.say("doei"))


@pytest.mark.parametrize("dots", ["...", "?", "😭"])
def test_three_dots_are_no_story(dots: str) -> None:
    talk = begun()
    assert "klein beginnen" in said(talk.say(dots))
    assert not talk.dossier.texts


def test_who_is_not_believed_is_taken_seriously() -> None:
    talk = begun()
    assert "serieus" in said(talk.say("niemand gelooft me"))


@pytest.mark.parametrize("question", ["mag ik stoppen", "mag ik anoniem blijven"])
def test_a_question_that_begins_like_a_yes_says_nothing_about_danger(question: str) -> None:
    talk = at("in_danger_now")
    heard = said(talk.say(question))
    assert "Dit klinkt gevaarlijk" not in heard
    assert "in_danger_now" not in talk.dossier.answers


def test_polish_is_no_no() -> None:
    talk = at("in_danger_now")
    assert "I only speak Dutch" in said(talk.say("nie mówię po holendersku"))
    assert "in_danger_now" not in talk.dossier.answers


def test_what_is_said_with_an_introduction_is_kept_and_the_story_is_thanked_for() -> None:
    talk = Talk()
    talk.begin()
    opening = "ik ben mentor op een middelbare school en heb een niet-pluisgevoel over een leerling"
    talk.say(opening)
    heard = talk.say("hij mist veel lessen, heeft ineens dure kleding en wordt na school opgehaald door een oudere man")
    assert opening in talk.dossier.texts.values()
    assert "Dank u" in said(heard)


def test_hoe_bedoel_je_explains_the_open_question() -> None:
    talk = at("in_danger_now")
    assert "Kan er vandaag iets ergs gebeuren" in said(talk.say("hoe bedoel je"))
    assert talk.ask == "in_danger_now"


def test_ik_snap_het_niet_names_no_app() -> None:
    talk = begun()
    talk.say("hoi ik snap t niet zo goed, hij moet mijn pas hebben en nu krijg ik brieven van de bank")
    assert "platform" not in talk.dossier.answers


def test_nee_to_the_summary_asks_which_line_is_wrong() -> None:
    talk = at("summary")
    talk.say("nee")
    assert talk.ask == "summary_change"


@pytest.mark.parametrize("shrug", ["nee", "kwet nich", "niks", "weet ik niet"])
def test_a_shrug_at_what_somebody_wants_is_let_go_at_once(shrug: str) -> None:
    talk = at("wants")
    talk.say(shrug)
    assert talk.ask != "wants"


@pytest.mark.parametrize("question", ["en nu", "wat gebeurt er nu", "wanneer krijg ik antwoord"])
def test_after_a_no_nobody_is_promised_an_answer(question: str) -> None:
    talk = at("consent:opslaan_melding")
    talk.choose("no")
    heard = said(talk.say(question))
    assert "Ik heb niets bewaard" in heard
    assert "medewerker leest" not in heard


def test_a_hotel_in_one_message_and_a_young_age_in_another_get_the_safety_text() -> None:
    talk = begun()
    first = said(talk.say("mn vriend zegt dat ik zondag mee moet naar een airbnb in enschede met zijn vrienden"))
    assert "Je hoeft daar niet heen" not in first
    assert talk.say("ik ben 15")[0].startswith("Je hoeft daar niet heen")
    assert "Je hoeft daar niet heen" not in said(talk.say("nog iets: hij haalt me op bij het station"))


def test_a_hotel_and_an_adult_age_get_none() -> None:
    talk = begun()
    talk.say("mn vriend zegt dat ik zondag mee moet naar een airbnb in enschede met zijn vrienden")
    assert "Je hoeft daar niet heen" not in said(talk.say("ik ben 27"))


def test_beside_somebody_who_reads_along_nothing_of_the_hotel_is_shown() -> None:
    talk = begun()
    talk.say("mn vriend zegt dat ik zondag mee moet naar een airbnb in enschede met zijn vrienden")
    assert "Je hoeft daar niet heen" not in said(talk.say("ik ben 15 wacht hij leest mee"))
    assert "Je hoeft daar niet heen" in said(talk.say("ik ben weer alleen"))
