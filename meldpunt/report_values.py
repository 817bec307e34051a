"""Controlled values of the report contract, in Dutch as staff see and export them (domain.md 3.2, 3.3)."""

from __future__ import annotations

from typing import Literal

Status = Literal["bekend", "onbekend", "niet_gevraagd", "wil_niet_zeggen"]
FieldSource = Literal["melder", "afgeleid", "medewerker"]
Level = Literal["acuut", "hoog", "verhoogd", "laag", "onvoldoende_informatie"]
Rol = Literal["zelf", "ouder", "professional", "omstander"]
Leeftijdsband = Literal["<12", "12-15", "16-17", "18-23", "24+"]
Wanneer = Literal["nu", "vandaag_morgen", "deze_week", "langer_geleden"]
Wens = Literal["advies", "hulp", "alleen_vertellen", "vraag_over_politie", "weet_niet"]
Contactwijze = Literal["alleen_code", "telefoon", "email"]
Vorm = Literal["seksueel", "arbeid", "crimineel", "bedelen", "orgaan", "overig", "combinatie"]
Fase = Literal["werving", "inlijving", "uitbuiting", "eruit_nazorg", "herhaald"]
ConsentValue = Literal["ja", "nee", "later", "niet_gevraagd"]
ConsentItem = Literal[
    "opslaan_melding",
    "bewaren_eigen_woorden",
    "contact_terug",
    "delen_zorgcoordinator",
    "delen_comensha",
    "delen_politie",
    "delen_gemeente",
    "delen_veilig_thuis",
    "ouders_informeren",
    "anonieme_statistiek",
    "gebruik_verbeteren_bot",
    "betrokkene_weet_van_melding",
    "toestemming_betrokkene_bekend",
]

# From the values of the asks (conversation.md) to the Dutch values that a report carries.
ROL: dict[str, Rol] = {
    "self": "zelf",
    "parent": "ouder",
    "professional": "professional",
    "bystander": "omstander",
}
LEEFTIJDSBAND: dict[str, Leeftijdsband] = {
    "under_12": "<12", "12_15": "12-15", "16_17": "16-17", "18_23": "18-23", "24_plus": "24+",
}  # fmt: skip
WANNEER: dict[str, Wanneer] = {
    "now": "nu", "today_tomorrow": "vandaag_morgen", "this_week": "deze_week", "longer_ago": "langer_geleden",
}  # fmt: skip
WENS: dict[str, Wens] = {
    "advice": "advies", "help": "hulp", "only_tell": "alleen_vertellen",
    "police_question": "vraag_over_politie", "unsure": "weet_niet",
}  # fmt: skip
CONTACTWIJZE: dict[str, Contactwijze] = {"code_only": "alleen_code", "phone": "telefoon", "email": "email"}
CONSENT_VALUE: dict[str, ConsentValue] = {"yes": "ja", "no": "nee", "unsure": "later"}
