"""The demo's recruiters and candidates. All are invented, with their addresses and numbers."""

from dataclasses import dataclass

AGENCY_ZONE, AGENCY_REGION = "Australia/Sydney", "AU-NSW"
AGENCY_DOMAIN = "harbourandhale.example"

RECRUITERS = ("Imogen Hale", "Tomasz Brandt", "Priya Sundaram", "Dorian Peake")
"""The names of the recruiters, in the order of fixture_ids.RECRUITER, COLLEAGUE, JUNIOR and LEAVER."""


@dataclass(frozen=True, slots=True)
class Person:
    """A candidate of the demo. `place` is the time zone and the holiday region.

    `away` is the first and the last day of an absence, in working days from today.
    """

    name: str
    place: tuple[str, str] | None = None
    away: tuple[int, int] | None = None


_MELBOURNE, _BRISBANE = ("Australia/Melbourne", "AU-VIC"), ("Australia/Brisbane", "AU-QLD")
_PERTH, _AUCKLAND = ("Australia/Perth", "AU-WA"), ("Pacific/Auckland", "NZ")
_LONDON, _SINGAPORE, _TOKYO = ("Europe/London", "GB-ENG"), ("Asia/Singapore", "SG"), ("Asia/Tokyo", "JP")

CANDIDATES = (
    Person("Nadia Brightwater"),
    Person("Callum Reyes-Whitlock"),
    Person("Priyanka Desai-Moore"),
    Person("Mateo Silvestri"),
    Person("Harriet Onslow-Baptiste"),
    Person("Jun Takemori-Ellis", _PERTH),
    Person("Saoirse Kilbride-Hahn", _SINGAPORE),
    Person("Emeka Oduya-Lind"),
    Person("Beatrix Vandermolen"),
    Person("Tariq Hassanzadeh"),
    Person("Lucinda Farrowby", _AUCKLAND),
    Person("Owen Prewett-Sato", _PERTH),
    Person("Anahera Tuiloma"),
    Person("Dmitri Valkonen", _LONDON),
    Person("Grace Mbeki-Thorne"),
    Person("Felix Arrowsmith-Yu", _LONDON),
    Person("Rina Castellanos"),
    Person("Hugo Lindenmayer"),
    Person("Aroha Wrenfield", _AUCKLAND),
    Person("Samir Benhaddou", _PERTH),
    Person("Clementine Osei-Hart"),
    Person("Patrick Duvernay", _LONDON),
    Person("Leilani Makoare", _BRISBANE),
    Person("Tobias Engstrom-Pike", _AUCKLAND),
    Person("Maeve Corrigan-Li", _TOKYO),
    Person("Arjun Velamuri", _MELBOURNE),
    Person("Sofia Brandsma"),
    Person("Kwame Adjei-Holt", None, (-6, 2)),
    Person("Isla Penhaligon"),
    Person("Rafael Quintero-Ash"),
    Person("Thandiwe Ncube-Ross", _TOKYO),
    Person("Gareth Llewelyn-Pak"),
    Person("Noor Al-Rashidi", _AUCKLAND),
    Person("Bronte Halloran"),
    Person("Wei Jun Carrow", _PERTH),
    Person("Odette Marchand-Singh"),
    Person("Finlay Abernethy"),
    Person("Zara Kowalczyk-Bird"),
    Person("Dominic Achebe-Stone", _AUCKLAND),
    Person("Ines Calloway", _BRISBANE),
    Person("Viktor Halvorsen", _LONDON),
    Person("Pippa Nakagawa"),
    Person("Lorna Sheffield-Ono"),
    Person("Marguerite Vance-Ito"),
    Person("Casper Holloway-Nunn"),
    Person("Sybil Okonkwo-Hart"),
    Person("Leopold Sze-Hartigan"),
    Person("Ambrose Kettering"),
    Person("Henrietta Boateng-Lisle"),
    Person("Yusuf Darrow-Eklund"),
    Person("Philippa Ruane"),
    Person("Rowena Castleton-Bray"),
    Person("Solomon Arataki", _AUCKLAND),
    Person("Beatriz Fonseca-Lowe", _AUCKLAND),
    Person("Ilse Novotny-Park"),
    Person("Malachi Treloar", _PERTH),
)
