"""What is said in so many words is read, for each of the 50 indicators; so is what stands before a question for help."""

from __future__ import annotations

from functools import lru_cache

import pytest

from meldpunt.reading import Reader

PLAIN = [
    ("chantage_beeldmateriaal", "Mijn zusje wordt gechanteerd met foto's."),
    ("chantage_beeldmateriaal", "Ik word gechanteerd met een naaktfoto."),
    ("bedreiging", "Mijn dochter wordt bedreigd door haar vriend."),
    ("bedreiging", "Hij bedreigt mij."),
    ("fysiek_geweld", "Mijn vriend slaat mij."),
    ("fysiek_geweld", "Mijn leerling wordt mishandeld door haar vriend."),
    ("schuldbinding", "Mijn zoon moet een schuld afbetalen door voor hen te werken."),
    ("controle_en_isolatie", "Haar vriend controleert alles wat ze doet."),
    ("gedwongen_prostitutie", "Mijn nichtje wordt gedwongen tot prostitutie."),
    ("gedwongen_prostitutie", "Ik moet van hem met mannen naar bed voor geld."),
    ("gedwongen_seks", "Ik ben verkracht."),
    ("gedwongen_seks", "Hij dwingt mij tot seks."),
    ("seksafspraak_voor_geld", "Mijn dochter heeft seks voor geld."),
    ("loverboymethode_inpalmen", "Mijn dochter heeft een loverboy."),
    ("loverboymethode_inpalmen", "Ik denk dat mijn zus in handen is van een loverboy."),
    ("online_werving", "Ze heeft hem leren kennen via Instagram en kent hem niet echt."),
    ("ronselen_wervend_gedrag", "Een jongen ronselt meisjes bij ons op school."),
    ("vermist_weggelopen", "Mijn dochter is weggelopen."),
    ("suicidaal", "Ik wil dood."),
    ("opgesloten_vastgehouden", "Ik word opgesloten."),
    ("opgesloten_vastgehouden", "Mijn vriendin wordt vastgehouden in een huis."),
    ("nu_in_gevaar", "Ik ben nu in gevaar."),
    ("hotelafspraak", "Ik moet naar een hotel met een man."),
    ("naaktbeelden_verspreid", "Mijn naaktfoto's zijn verspreid op school."),
    ("betaalde_naaktbeelden_online", "Zij verkoopt naaktfoto's op internet."),
    ("criminele_uitbuiting_drugs", "Mijn zoon moet drugs verkopen voor een ander."),
    ("criminele_uitbuiting_drugs", "Mijn broertje wordt gedwongen drugs te dealen."),
    ("gedwongen_diefstal_geweldsklus", "Hij wordt gedwongen om te stelen."),
    ("geldezel_bankpas", "Mijn zoon heeft zijn bankpas uitgeleend."),
    ("katvanger_op_naam", "Er staat een bedrijf op zijn naam terwijl hij van niets weet."),
    ("telefoonabonnement_op_naam", "Ik moest telefoonabonnementen afsluiten voor hem."),
    ("arbeid_loon_en_uren", "Wij werken zestien uur per dag voor bijna niets."),
    ("arbeid_omstandigheden_huisvesting", "Wij slapen met tien man in een schuur bij de baas."),
    ("gedwongen_bedelen", "De kinderen worden gedwongen te bedelen."),
    ("orgaanverwijdering", "Zij moet een nier afstaan voor geld."),
    ("gedwongen_huwelijk_draagmoederschap", "Ik word uitgehuwelijkt."),
    ("gedwongen_huwelijk_draagmoederschap", "Mijn leerling moet gedwongen trouwen."),
    ("documenten_afgenomen", "Haar paspoort is afgepakt."),
    ("drugs_als_dwangmiddel", "Hij geeft mij drugs zodat ik meewerk."),
    ("geld_afstaan", "Ik moet al mijn geld afgeven."),
    ("uitbuiting_door_familie", "Mijn vader verkoopt mij aan mannen."),
    ("misleiding_valse_belofte", "Ze hadden mij een baan als model beloofd maar het was iets anders."),
    ("vervoer_ophalen_door_onbekende", "Ze wordt steeds opgehaald door onbekende mannen."),
    ("grensoverschrijdend_vervoer", "Zij is uit Roemenië gehaald om hier te werken."),
    ("onderdak_bij_uitbuiter", "Zij woont bij de man die haar uitbuit."),
    ("afspraak_vreemde_andere_stad", "Mijn dochter gaat naar een onbekende man in Rotterdam."),
    ("seksueel_grensoverschrijdend", "Mijn trainer zit aan mij."),
    ("licht_verstandelijke_beperking", "Zij heeft een licht verstandelijke beperking."),
    ("verblijf_instelling_of_azc", "Hij woont in een azc."),
    ("kwetsbare_omstandigheden", "Ik ben dakloos."),
    ("schoolverzuim", "Mijn zoon spijbelt bijna elke dag."),
    ("onverklaarbare_luxe", "Mijn dochter heeft ineens dure kleding en een nieuwe telefoon."),
    ("geheimzinnig_telefoongebruik", "Zij heeft een geheime tweede telefoon."),
    ("gedragsverandering", "Mijn dochter is ineens heel anders geworden."),
    ("letsel_tatoeage_uitputting", "Zij heeft onverklaarbare blauwe plekken."),
    ("nachten_wegblijven", "Mijn dochter blijft hele nachten weg."),
    ("vals_geld_inwisselen", "Hij moet vals geld wisselen."),
    ("dader_leest_mee", "Hij leest mee."),
]
ASKED_TOO = [
    ("telefoonabonnement_op_naam", "Mijn zoon moest drie telefoonabonnementen op zijn naam zetten, hoe kan ik hem helpen?"),
    ("chantage_beeldmateriaal", "mijn zusje wordt gechanteerd met foto's hoe kan ik haar helpen"),
    ("onderdak_bij_uitbuiter", "Mijn leerling slaapt bij een man voor wie ze moet werken. Wat moet ik doen?"),
]


@lru_cache(maxsize=1)
def reader() -> Reader:
    return Reader.load()


@pytest.mark.parametrize(("indicator", "text"), [*PLAIN, *ASKED_TOO])
def test_plain_words_are_read(indicator: str, text: str) -> None:
    assert indicator in {mention.indicator for mention in reader().read(text).asserted}


@pytest.mark.parametrize(
    "text",
    [
        "We hadden een les over meisjes die een loverboy hebben.",
        "wat kan ik doen als iemand gechanteerd wordt met foto's",
        "wat moet je doen als iemand een loverboy heeft",
        "Ik ben docent op een vmbo in Almelo en maak me zorgen over een leerling van 15.",
        "Mijn dochter heeft geen loverboy hoor.",
        "In de film wordt hij bedreigd.",
    ],
)
def test_plain_words_in_a_lesson_a_question_or_a_denial_claim_nothing(text: str) -> None:
    assert not reader().read(text).asserted


@pytest.mark.parametrize(
    ("text", "wants_to_die"),
    [
        ("ik ben bang dat ik een kind iets aandoe", False),
        ("ik ben bang dat ik een kind iets aandoe en ik wil dood", True),
        ("ik heb iets gedaan bij een meisje en ik wil niet meer leven", True),
    ],
)
def test_fear_of_own_acts_is_no_wish_to_die_and_hides_none(text: str, wants_to_die: bool) -> None:
    assert ("suicidaal" in {mention.indicator for mention in reader().read(text).asserted}) is wants_to_die
