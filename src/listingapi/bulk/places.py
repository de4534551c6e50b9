"""Where seeded listings stand: cities of France, Germany and Belgium with their postal codes and price levels."""

from dataclasses import dataclass
from typing import Literal

Language = Literal["fr", "de", "nl"]


@dataclass(frozen=True, slots=True)
class Place:
    """A postal code of a city.

    `price_level` is euros per square metre. `phone_prefix` begins a number in E.164 form that nobody has:
    of the ranges for films that ARCEP (France) and the Bundesnetzagentur (Germany) keep free, and in Belgium,
    which keeps none, one whose subscriber part begins with the trunk prefix 0, so that it can't be given out.
    `phone_digits` more digits complete it.
    """

    city: str
    postal_code: str
    country: str
    language: Language
    price_level: int
    phone_prefix: str
    phone_digits: int


# ARCEP, décision 2018-0881, 2.5.12: ten thousand numbers for each of the five regions.
PARIS, NORTH_WEST, NORTH_EAST, SOUTH_EAST, SOUTH_WEST = "+3319900", "+3326191", "+3335301", "+3346571", "+3353649"
# Bundesnetzagentur, Mitteilung 148/2021: a thousand numbers in each of five cities, some hundred mobile ones.
BERLIN, HAMBURG, MUENCHEN, KOELN, FRANKFURT = "+493023125", "+494066969", "+498999998", "+492214710", "+496990009"
MOBILE = "+4917139200"

FRANCE: tuple[tuple[str, int, str, str], ...] = (
    ("Paris", 9600, PARIS, " ".join(str(code) for code in range(75001, 75021))),
    ("Lyon", 4700, SOUTH_EAST, "69001 69002 69003 69004 69005 69006 69007 69008 69009"),
    ("Marseille", 3400, SOUTH_EAST, " ".join(str(code) for code in range(13001, 13017))),
    ("Toulouse", 3500, SOUTH_WEST, "31000 31100 31200 31300 31400 31500"),
    ("Bordeaux", 4500, SOUTH_WEST, "33000 33100 33200 33300 33800"),
    ("Nantes", 3600, NORTH_WEST, "44000 44100 44200 44300"),
    ("Rennes", 3900, NORTH_WEST, "35000 35200 35700"),
    ("Tours", 2900, NORTH_WEST, "37000 37100 37200"),
    ("Angers", 3200, NORTH_WEST, "49000 49100"),
    ("Brest", 2100, NORTH_WEST, "29200"),
    ("Lille", 3400, NORTH_EAST, "59000 59800"),
    ("Strasbourg", 3700, NORTH_EAST, "67000 67100 67200"),
    ("Metz", 2300, NORTH_EAST, "57000 57050 57070"),
    ("Reims", 2600, NORTH_EAST, "51100"),
    ("Dijon", 2500, NORTH_EAST, "21000"),
    ("Mulhouse", 1300, NORTH_EAST, "68100 68200"),
    ("Nice", 5200, SOUTH_EAST, "06000 06100 06200 06300"),
    ("Montpellier", 3500, SOUTH_EAST, "34000 34070 34080 34090"),
    ("Aix-en-Provence", 5000, SOUTH_EAST, "13090 13100"),
    ("Annecy", 5300, SOUTH_EAST, "74000"),
    ("Grenoble", 2600, SOUTH_EAST, "38000 38100"),
    ("Clermont-Ferrand", 2300, SOUTH_EAST, "63000 63100"),
    ("Saint-Étienne", 1300, SOUTH_EAST, "42000 42100"),
    ("Limoges", 1500, SOUTH_WEST, "87000 87100"),
)
GERMANY: tuple[tuple[str, int, str, str], ...] = (
    ("Berlin", 5000, BERLIN, "10115 10117 10119 10178 10243 10247 10405 10435 10437 10551 10585 10707 10823 10961"),
    ("Hamburg", 5700, HAMBURG, "20095 20144 20146 20249 20251 20253 20255 20257 20357 20359 22083 22085 22299 22765"),
    ("München", 8600, MUENCHEN, "80331 80333 80469 80538 80634 80636 80796 80799 80801 81369 81541 81667"),
    ("Köln", 4700, KOELN, "50667 50668 50670 50672 50674 50676 50677 50678 50733 50823 50825 50931"),
    ("Frankfurt am Main", 5900, FRANKFURT, "60311 60313 60314 60316 60318 60322 60323 60325 60385 60486 60594"),
    ("Stuttgart", 4900, MOBILE, "70173 70174 70176 70178 70180 70182 70184 70190 70193 70195 70197 70199"),
    ("Düsseldorf", 4600, MOBILE, "40210 40211 40213 40215 40217 40219 40221 40223 40225 40227 40233 40235"),
    ("Freiburg im Breisgau", 5200, MOBILE, "79098 79100 79102 79104 79106 79108 79110 79111"),
    ("Nürnberg", 3800, MOBILE, "90402 90403 90408 90409 90419 90429 90439 90443 90459 90461"),
    ("Hannover", 3400, MOBILE, "30159 30161 30163 30165 30167 30169 30171 30173 30449 30451"),
    ("Bremen", 2900, MOBILE, "28195 28199 28201 28203 28205 28207 28209 28211 28213 28215"),
    ("Dresden", 2800, MOBILE, "01067 01069 01097 01099 01127 01159 01187 01219 01277 01307"),
    ("Leipzig", 2700, MOBILE, "04103 04105 04107 04109 04155 04177 04229 04275 04277 04315"),
    ("Dortmund", 2500, MOBILE, "44135 44137 44139 44141 44143 44147"),
    ("Essen", 2400, MOBILE, "45127 45128 45130 45131 45133 45136 45138 45144 45147"),
    ("Chemnitz", 1400, MOBILE, "09111 09112 09113 09116 09120 09126 09130"),
)
BELGIUM: tuple[tuple[str, int, str, str, Language], ...] = (
    ("Bruxelles", 3400, "+322055", "1000", "fr"),
    ("Ixelles", 3800, "+322055", "1050", "fr"),
    ("Uccle", 3700, "+322055", "1180", "fr"),
    ("Etterbeek", 3500, "+322055", "1040", "fr"),
    ("Schaerbeek", 2900, "+322055", "1030", "fr"),
    ("Liège", 1900, "+324055", "4000 4020", "fr"),
    ("Namur", 2300, "+3281055", "5000", "fr"),
    ("Charleroi", 1300, "+3271055", "6000", "fr"),
    ("Mons", 1700, "+3265055", "7000", "fr"),
    ("Tournai", 1700, "+3269055", "7500", "fr"),
    ("Wavre", 2900, "+3210055", "1300", "fr"),
    ("Louvain-la-Neuve", 3400, "+3210055", "1348", "fr"),
    ("Antwerpen", 2600, "+323055", "2000 2018 2020 2030 2050 2060", "nl"),
    ("Gent", 3300, "+329055", "9000", "nl"),
    ("Brugge", 3000, "+3250055", "8000", "nl"),
    ("Leuven", 3900, "+3216055", "3000", "nl"),
    ("Mechelen", 2800, "+3215055", "2800", "nl"),
    ("Hasselt", 2600, "+3211055", "3500", "nl"),
    ("Kortrijk", 2000, "+3256055", "8500", "nl"),
    ("Oostende", 2900, "+3259055", "8400", "nl"),
    ("Eupen", 2000, "+3287055", "4700", "de"),
)

PLACES: dict[str, tuple[Place, ...]] = {
    "FR": tuple(
        Place(city, code, "FR", "fr", level, prefix, 4)
        for city, level, prefix, codes in FRANCE
        for code in codes.split()
    ),
    "DE": tuple(
        Place(city, code, "DE", "de", level, prefix, 2 if prefix == MOBILE else 3)
        for city, level, prefix, codes in GERMANY
        for code in codes.split()
    ),
    "BE": tuple(
        Place(city, code, "BE", language, level, prefix, 11 - len(prefix))
        for city, level, prefix, codes, language in BELGIUM
        for code in codes.split()
    ),
}

STREETS: dict[Language, tuple[str, ...]] = {
    "fr": (
        "rue Victor Hugo",
        "rue Pasteur",
        "rue de la Gare",
        "rue de la République",
        "rue des Écoles",
        "rue du Moulin",
        "rue de l'Église",
        "rue des Lilas",
        "rue Saint-Martin",
        "rue du Marché",
        "avenue de la Liberté",
        "avenue des Tilleuls",
        "boulevard Voltaire",
        "place du Marché",
        "allée des Acacias",
        "chemin des Vignes",
    ),
    "de": (
        "Hauptstraße",
        "Bahnhofstraße",
        "Gartenstraße",
        "Schulstraße",
        "Goethestraße",
        "Schillerstraße",
        "Lindenstraße",
        "Kirchstraße",
        "Ringstraße",
        "Beethovenstraße",
        "Parkstraße",
        "Rosenweg",
        "Am Markt",
        "Mozartstraße",
        "Uhlandstraße",
        "Blumenstraße",
    ),
    "nl": (
        "Stationsstraat",
        "Kerkstraat",
        "Molenstraat",
        "Schoolstraat",
        "Nieuwstraat",
        "Veldstraat",
        "Kapellestraat",
        "Lindenlaan",
        "Beukenlaan",
        "Parklaan",
        "Kasteellaan",
        "Dorpsstraat",
        "Leopoldlaan",
        "Eikenlaan",
        "Bloemenstraat",
        "Markt",
    ),
}
