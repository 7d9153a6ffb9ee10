"""Names of places as people type them: communes, INSEE and postal codes, departments."""

import re
import unicodedata
from bisect import bisect_left, insort

from sejour.catalog.v1 import catalog_types_pb2

_WORDS = re.compile(r"[^a-z0-9]+")
_SHORT = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}


def fold(text: str) -> str:
    """Without case, accents, hyphens and apostrophes; « St » is « saint »."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE"))
    bare = "".join(char for char in plain if not unicodedata.combining(char)).lower()
    return " ".join(_SHORT.get(word, word) for word in _WORDS.split(bare) if word)


def department_of(code: str) -> str:
    """The department's code of an INSEE or a postal code; Corsica's postal codes are 2A and 2B."""
    code = code.upper()
    if code[:2] in {"97", "98"}:
        return code[:3]
    if code[:2] == "20":
        return "2A" if code[:3] in {"200", "201"} else "2B"
    return code[:2]


def place_keys(address: catalog_types_pb2.Address) -> frozenset[str]:
    """Every folded key under which a listing at that address is found."""
    found = {address.insee, address.postal_code, address.city}
    code = address.insee or address.postal_code
    department = department_of(code) if code and address.country in {"", "FR"} else ""
    found |= {department, DEPARTMENTS.get(department, "")}
    return frozenset(folded for one in found if (folded := fold(one)))


class Names:
    """The folded names that are known, sorted, for names typed by their first words."""

    def __init__(self) -> None:
        self._sorted: list[str] = []
        self._known: set[str] = set()

    def add(self, name: str) -> None:
        """Knows a name."""
        if name not in self._known:
            self._known.add(name)
            insort(self._sorted, name)

    def discard(self, name: str) -> None:
        """Forgets a name."""
        if name in self._known:
            self._known.discard(name)
            del self._sorted[bisect_left(self._sorted, name)]

    def beginning(self, words: str) -> list[str]:
        """The names that begin with these words and have more."""
        start = f"{words} "
        at, found = bisect_left(self._sorted, start), []
        while at < len(self._sorted) and self._sorted[at].startswith(start):
            found.append(self._sorted[at])
            at += 1
        return found


DEPARTMENTS = {
    "01": "Ain", "02": "Aisne", "03": "Allier", "04": "Alpes-de-Haute-Provence", "05": "Hautes-Alpes",
    "06": "Alpes-Maritimes", "07": "Ardèche", "08": "Ardennes", "09": "Ariège", "10": "Aube", "11": "Aude",
    "12": "Aveyron", "13": "Bouches-du-Rhône", "14": "Calvados", "15": "Cantal", "16": "Charente",
    "17": "Charente-Maritime", "18": "Cher", "19": "Corrèze", "2A": "Corse-du-Sud", "2B": "Haute-Corse",
    "21": "Côte-d'Or", "22": "Côtes-d'Armor", "23": "Creuse", "24": "Dordogne", "25": "Doubs", "26": "Drôme",
    "27": "Eure", "28": "Eure-et-Loir", "29": "Finistère", "30": "Gard", "31": "Haute-Garonne", "32": "Gers",
    "33": "Gironde", "34": "Hérault", "35": "Ille-et-Vilaine", "36": "Indre", "37": "Indre-et-Loire",
    "38": "Isère", "39": "Jura", "40": "Landes", "41": "Loir-et-Cher", "42": "Loire", "43": "Haute-Loire",
    "44": "Loire-Atlantique", "45": "Loiret", "46": "Lot", "47": "Lot-et-Garonne", "48": "Lozère",
    "49": "Maine-et-Loire", "50": "Manche", "51": "Marne", "52": "Haute-Marne", "53": "Mayenne",
    "54": "Meurthe-et-Moselle", "55": "Meuse", "56": "Morbihan", "57": "Moselle", "58": "Nièvre",
    "59": "Nord", "60": "Oise", "61": "Orne", "62": "Pas-de-Calais", "63": "Puy-de-Dôme",
    "64": "Pyrénées-Atlantiques", "65": "Hautes-Pyrénées", "66": "Pyrénées-Orientales",
    "67": "Bas-Rhin", "68": "Haut-Rhin", "69": "Rhône",
    "70": "Haute-Saône", "71": "Saône-et-Loire", "72": "Sarthe", "73": "Savoie", "74": "Haute-Savoie",
    "75": "Paris", "76": "Seine-Maritime", "77": "Seine-et-Marne", "78": "Yvelines", "79": "Deux-Sèvres",
    "80": "Somme", "81": "Tarn", "82": "Tarn-et-Garonne", "83": "Var", "84": "Vaucluse", "85": "Vendée",
    "86": "Vienne", "87": "Haute-Vienne", "88": "Vosges", "89": "Yonne", "90": "Territoire de Belfort",
    "91": "Essonne", "92": "Hauts-de-Seine", "93": "Seine-Saint-Denis", "94": "Val-de-Marne",
    "95": "Val-d'Oise",
    "971": "Guadeloupe", "972": "Martinique", "973": "Guyane", "974": "La Réunion", "976": "Mayotte",
}  # fmt: skip
"""Names of the departments by code (Code officiel géographique)."""
