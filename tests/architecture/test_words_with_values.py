"""Every sentence takes its values: a lone « % », or a value that nobody gives, breaks the page that shows it.

Templates format whatever `_()` says, with values or without (`newstyle`); Python formats what it puts a `%` behind.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import documents
import pytest
from documents.printing.render import _environment
from documents.printing.texts import texts
from gateway.pages import make_environment
from jinja2 import Environment, nodes

import gateway
from gateway import i18n

GATEWAY, DOCUMENTS = (Path(each.__file__).parent for each in (gateway, documents))
CALLS = {"_", "gettext", "ngettext", "N_"}
PLACE = re.compile(r"%%|%\(\w+\)[sd]")
ANY = defaultdict[str, int](lambda: 1)
"""Values for a sentence whose names are made elsewhere."""


@dataclass(frozen=True)
class Said:
    """A sentence (or its singular and plural) with the values that it is given; None where it gets none."""

    line: int
    words: tuple[str, ...]
    values: Mapping[str, int] | None


def said_in_template(environment: Environment, source: str) -> Iterator[Said]:
    for call in environment.parse(source).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in CALLS:
            plural = call.node.name == "ngettext"
            told = [list(_strings(argument)) for argument in call.args[: 2 if plural else 1]]
            given = dict.fromkeys([each.key for each in call.kwargs], 1) | ({"num": 1} if plural else {})
            more = call.dyn_kwargs is not None
            for words in zip(*told, strict=True):
                yield Said(call.lineno, words, ANY if more else given)


def _strings(node: nodes.Node) -> Iterator[str]:
    """The string itself, or those of « a if b else c »."""
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, nodes.CondExpr):
        yield from _strings(node.expr1)
        yield from _strings(node.expr2) if node.expr2 else ()


def said_in_python(source: str) -> Iterator[Said]:
    tree = ast.parse(source)
    filled = {
        node.left: node.right
        for node in ast.walk(tree)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod)
    }
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and getattr(call.func, "id", getattr(call.func, "attr", "")) in CALLS:
            words = [each.value for each in call.args[:2] if isinstance(each, ast.Constant)]
            if words and all(isinstance(each, str) for each in words):
                yield Said(call.lineno, tuple(words), _values(call, filled.get(call)))


def _values(call: ast.Call, right: ast.expr | None) -> Mapping[str, int] | None:
    if isinstance(right, ast.Dict) and all(isinstance(each, ast.Constant) for each in right.keys):
        return {each.value: 1 for each in right.keys}
    if call.keywords and all(each.arg for each in call.keywords):
        return {each.arg: 1 for each in call.keywords}
    marked = getattr(call.func, "id", "") == "N_"  # A template may show it.
    return ANY if right is not None or call.keywords or marked or "%(" in str(call.args[0].value) else None


def in_gateway(words: tuple[str, ...]) -> Iterator[str]:
    for locale in i18n.LOCALES:
        with i18n.use_locale(locale):
            yield from (
                [i18n.gettext(*words)] if len(words) == 1 else [i18n.ngettext(*words, n) for n in (1, 2)]
            )


def in_documents(words: tuple[str, ...]) -> Iterator[str]:
    for language in ("fr", "en"):
        yield from [texts(language).gettext(each) for each in words]


def broken(said: Iterator[Said], translated) -> list[tuple[int, str, str]]:
    found = []
    for each in said:
        for text in translated(each.words) if each.values is not None else ():
            if "%" in PLACE.sub("", text):
                # « 10 % soit » even formats: as the whole of the values.
                found.append((each.line, text, "a lone %"))
                continue
            try:
                text % each.values
            except (KeyError, TypeError, ValueError) as error:
                found.append((each.line, text, repr(error)))
    return found


SERVICES = [
    (GATEWAY, GATEWAY / "templates", make_environment(), in_gateway),
    (DOCUMENTS, DOCUMENTS / "printing" / "templates", _environment("fr"), in_documents),
]


@pytest.mark.parametrize(
    ("root", "templates", "environment", "translated"), SERVICES, ids=["gateway", "documents"]
)
def test_every_sentence_of_a_template_takes_its_values(root, templates, environment, translated):
    found = {
        str(path.relative_to(root)): wrong
        for path in sorted(templates.rglob("*.*"))
        if path.suffix in {".html", ".txt"}
        and (wrong := broken(said_in_template(environment, path.read_text()), translated))
    }
    assert found == {}


@pytest.mark.parametrize(("root", "translated"), [(GATEWAY, in_gateway), (DOCUMENTS, in_documents)])
def test_every_sentence_of_a_module_takes_its_values(root, translated):
    found = {
        str(path.relative_to(root)): wrong
        for path in sorted(root.rglob("*.py"))
        if (wrong := broken(said_in_python(path.read_text()), translated))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("source", "bad"),
    [
        ("{{ _('10 % de remise') }}", True),
        ("{{ _('10 % soit peu') }}", True),
        ("{{ _('10 %% de remise') }}", False),
        ("{{ _('De %(first)s', last=1) }}", True),
        ("{{ _('De %(first)s', first=1) }}", False),
        ("{{ _('De %(first)s', **values) }}", False),
        ("{{ _('10 % de %(first)s', **values) }}", True),
        ("{{ _('10 %% de remise' if some else '10 %') }}", True),
        ("{{ ngettext('%(num)s nuit', '%(num)s nuits', 3) }}", False),
        ("{{ ngettext('une nuit', '%(number)s nuits', 3) }}", True),
    ],
)
def test_a_template_that_would_break_is_seen(source, bad):
    assert bool(broken(said_in_template(make_environment(), source), in_gateway)) == bad


@pytest.mark.parametrize(
    ("source", "bad"),
    [
        ("_('10 % de remise')", False),
        ("_('10 % de remise à %(who)s') % {'who': 1}", True),
        ("_('%(who)s') % {'him': 1}", True),
        ("_('%(who)s') % values", False),
        ("said = '%(who)s', _('100 % de %(who)s')", True),
        ("N_('10 % de remise')", True),
        ("_('%(who)s', who=1)", False),
        ("_('%(who)s', him=1)", True),
    ],
)
def test_a_module_that_would_break_is_seen(source, bad):
    assert bool(broken(said_in_python(source), in_gateway)) == bad
