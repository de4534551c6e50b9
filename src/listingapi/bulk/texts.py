"""What seeded listings say of themselves, in French, German and Dutch."""

from dataclasses import dataclass
from typing import Literal

from listingapi.bulk.places import Language

BuildingType = Literal["STUDIO", "APARTMENT", "HOUSE"]


@dataclass(frozen=True, slots=True)
class Wording:
    """Sentences to choose from; `{surface}`, `{rooms}`, `{bedrooms}` and `{city}` stand for the listing's own."""

    names: tuple[str, ...]
    openings: tuple[str, ...]
    features: tuple[str, ...]


def in_words(bedrooms: int, language: Language) -> str:
    """A number of bedrooms as it stands in a sentence of `WORDINGS`."""
    one, many = BEDROOMS[language]
    return one if bedrooms == 1 else f"{bedrooms} {many}"


BEDROOMS: dict[Language, tuple[str, str]] = {
    "fr": ("une chambre", "chambres"),
    "de": ("einem Schlafzimmer", "Schlafzimmern"),
    "nl": ("één slaapkamer", "slaapkamers"),
}

CLOSINGS: dict[Language, tuple[str, ...]] = {
    "fr": (
        "Proche des commerces et des transports.",
        "Quartier calme, écoles à proximité.",
        "Visites sur rendez-vous.",
        "La gare est à dix minutes à pied.",
        "Libre de suite.",
    ),
    "de": (
        "Geschäfte und Haltestellen sind in der Nähe.",
        "Ruhige Lage, Schulen in der Umgebung.",
        "Besichtigung nach Vereinbarung.",
        "Der Bahnhof ist in zehn Minuten zu Fuß zu erreichen.",
        "Sofort frei.",
    ),
    "nl": (
        "Dicht bij winkels en openbaar vervoer.",
        "Rustige buurt met scholen in de omgeving.",
        "Bezoek op afspraak.",
        "Het station ligt op tien minuten wandelen.",
        "Onmiddellijk vrij.",
    ),
}

WORDINGS: dict[Language, dict[BuildingType, Wording]] = {
    "fr": {
        "STUDIO": Wording(
            names=("Studio de {surface} m² à {city}", "Studio lumineux à {city}", "Studio rénové à {city}"),
            openings=("Studio de {surface} m² à {city}.", "À {city}, studio bien agencé de {surface} m²."),
            features=(
                "Coin cuisine équipé.",
                "Salle d'eau avec fenêtre.",
                "Grand placard dans l'entrée.",
                "Idéal pour un premier achat.",
                "Au calme, sur cour.",
                "Local à vélos dans l'immeuble.",
            ),
        ),
        "APARTMENT": Wording(
            names=(
                "Appartement {rooms} pièces à {city}",
                "Appartement de {surface} m² à {city}",
                "Appartement avec {bedrooms} à {city}",
            ),
            openings=(
                "Appartement de {rooms} pièces et {surface} m² avec {bedrooms}.",
                "À {city}, {surface} m² répartis sur {rooms} pièces, dont {bedrooms}.",
            ),
            features=(
                "Balcon exposé au sud.",
                "Cuisine équipée, ouverte sur le séjour.",
                "Immeuble avec ascenseur.",
                "Cave et local à vélos.",
                "Parquet et double vitrage.",
                "Place de parking en sous-sol.",
                "Séjour traversant et lumineux.",
            ),
        ),
        "HOUSE": Wording(
            names=(
                "Maison {rooms} pièces à {city}",
                "Maison de {surface} m² avec jardin à {city}",
                "Maison avec {bedrooms} à {city}",
            ),
            openings=(
                "Maison de {rooms} pièces et {surface} m² avec {bedrooms} et jardin.",
                "À {city}, maison de {surface} m² : {rooms} pièces, dont {bedrooms}, et un jardin.",
            ),
            features=(
                "Garage et cellier.",
                "Terrasse exposée au sud.",
                "Cuisine donnant sur le jardin.",
                "Toiture et isolation récentes.",
                "Combles aménageables.",
                "Poêle à bois dans le séjour.",
            ),
        ),
    },
    "de": {
        "STUDIO": Wording(
            names=("Apartment mit {surface} m² in {city}", "Helles Apartment in {city}", "1-Zimmer-Wohnung in {city}"),
            openings=("1-Zimmer-Wohnung mit {surface} m² in {city}.", "Gut geschnittenes Apartment mit {surface} m²."),
            features=(
                "Mit Einbauküche.",
                "Bad mit Fenster.",
                "Zum Innenhof gelegen.",
                "Kellerabteil und Fahrradraum.",
                "Auch als Kapitalanlage geeignet.",
                "Aufzug im Haus.",
            ),
        ),
        "APARTMENT": Wording(
            names=(
                "{rooms}-Zimmer-Wohnung in {city}",
                "Wohnung mit {surface} m² in {city}",
                "Wohnung mit {bedrooms} in {city}",
            ),
            openings=(
                "{rooms}-Zimmer-Wohnung mit {surface} m² und {bedrooms}.",
                "Wohnung in {city}: {rooms} Zimmer auf {surface} m², mit {bedrooms}.",
            ),
            features=(
                "Balkon nach Süden.",
                "Einbauküche und Tageslichtbad.",
                "Aufzug im Haus.",
                "Kellerabteil und Fahrradraum.",
                "Parkett und neue Fenster.",
                "Tiefgaragenstellplatz vorhanden.",
                "Gepflegter Altbau mit hohen Decken.",
            ),
        ),
        "HOUSE": Wording(
            names=(
                "Haus mit {rooms} Zimmern in {city}",
                "Haus mit {surface} m² und Garten in {city}",
                "Haus mit {bedrooms} in {city}",
            ),
            openings=(
                "Haus mit {rooms} Zimmern auf {surface} m², {bedrooms} und Garten.",
                "Haus in {city}: {surface} m² Wohnfläche, {rooms} Zimmer, mit {bedrooms} und Garten.",
            ),
            features=(
                "Garage und voll unterkellert.",
                "Terrasse nach Süden.",
                "Neue Heizung und gedämmtes Dach.",
                "Kaminofen im Wohnzimmer.",
                "Ausbaufähiges Dachgeschoss.",
                "Wohnküche mit Blick in den Garten.",
            ),
        ),
    },
    "nl": {
        "STUDIO": Wording(
            names=("Studio van {surface} m² in {city}", "Lichte studio in {city}", "Gerenoveerde studio in {city}"),
            openings=("Studio van {surface} m² in {city}.", "Goed ingedeelde studio van {surface} m²."),
            features=(
                "Ingerichte keuken.",
                "Badkamer met raam.",
                "Gelegen aan de rustige achterkant.",
                "Fietsenstalling in het gebouw.",
                "Ideaal als eerste aankoop.",
                "Lift in het gebouw.",
            ),
        ),
        "APARTMENT": Wording(
            names=(
                "Appartement met {bedrooms} in {city}",
                "Appartement van {surface} m² in {city}",
                "Licht appartement in {city}",
            ),
            openings=(
                "Appartement van {surface} m² met {rooms} kamers, waarvan {bedrooms}.",
                "In {city}: {rooms} kamers op {surface} m², waarvan {bedrooms}.",
            ),
            features=(
                "Terras op het zuiden.",
                "Open, ingerichte keuken.",
                "Lift in het gebouw.",
                "Kelder en fietsenstalling.",
                "Parket en dubbele beglazing.",
                "Autostaanplaats in de ondergrondse garage.",
            ),
        ),
        "HOUSE": Wording(
            names=(
                "Woning met {bedrooms} in {city}",
                "Woning van {surface} m² met tuin in {city}",
                "Gezinswoning met tuin in {city}",
            ),
            openings=(
                "Woning van {surface} m² met {rooms} kamers, waarvan {bedrooms}, en tuin.",
                "In {city}: woning met {rooms} kamers op {surface} m², waarvan {bedrooms}, en een tuin.",
            ),
            features=(
                "Garage en berging.",
                "Terras op het zuiden.",
                "Keuken met zicht op de tuin.",
                "Recent dak en goede isolatie.",
                "Zolder die ingericht kan worden.",
                "Houtkachel in de woonkamer.",
            ),
        ),
    },
}
