"""`sejour tax`: the tourist-tax rules of communes, read from a file or typed, for the operator.

    sejour tax import FILE [--mapping FILE] [--apply] [--replace]
    sejour tax list INSEE
    sejour tax set INSEE CATEGORY YEAR --tariff 1,10 | --rate 4,4 --cap 3,75 [...]

An import says first what it would do; `--apply` does it. What another source said before is kept unless
`--replace` is given: a rule typed by hand is not lost to a file.
"""

from __future__ import annotations

import argparse
import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

from chassis.errors import RemoteError
from sejour.pricing.v1 import pricing_service_pb2 as calls
from sejour.pricing.v1 import pricing_types_pb2 as pricing

from sejour_local.audit import note
from sejour_local.load.services import Services, services
from sejour_local.places import Places
from sejour_local.sentences import CannotStart
from sejour_local.tax_file import ADDITIONAL, COLUMNS, BadLine, Layout, Read, read_file, read_mapping, rule_of

_WORDS = {
    "BELOW_FLOOR": "below the national floor of {floor}",
    "ABOVE_CAP": "above the national cap of {cap}",
    "RATE_OUTSIDE": "the rate should lie between {least} % and {most} %",
    "CAP_MISSING": "no cap (plafond): give the highest tariff that the commune voted",
}


def tax(arguments: Sequence[str], places: Places) -> int:
    """Runs `sejour tax ...`; 1 when a line could not be taken.

    Raises:
        CannotStart: a file cannot be read, or nothing runs there.

    """
    asked = _parser().parse_args(arguments)
    try:
        code: int = asyncio.run(asked.run(asked, places))
    except RemoteError as error:
        raise CannotStart(f"pricing refused it: {error}.") from error
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sejour tax", description=__doc__)
    parts = parser.add_subparsers(required=True, metavar="ACTION")

    def add(
        name: str, run: Callable[[argparse.Namespace, Places], Awaitable[int]], text: str
    ) -> argparse.ArgumentParser:
        sub = parts.add_parser(name, help=text, description=text)
        sub.set_defaults(run=run)
        return sub

    imports = add("import", _import, "Read tariffs of communes from a CSV file; a dry run without --apply.")
    imports.add_argument("file", type=Path, help="columns and mapping: docs/tourist-tax.md")
    imports.add_argument("--mapping", type=Path, help="YAML that names the columns of an official export")
    imports.add_argument("--apply", action="store_true", help="save what is read")
    imports.add_argument("--replace", action="store_true", help="also replace what another source said")
    listed = add("list", _list, "The rules of a commune.")
    listed.add_argument("insee", help="five characters, such as 07028")
    one = add("set", _set, "Type one rule.")
    for name in ("insee", "category", "year"):
        one.add_argument(name)
    one.add_argument("--tariff", default="", dest="tarif", help="euros per person and night")
    one.add_argument("--rate", default="", dest="taux", help="percent, for what is not classified")
    one.add_argument("--cap", default="", dest="plafond", help="euros; the highest tariff that was voted")
    for column in ADDITIONAL:
        one.add_argument(f"--{column}", default="", help="percent of an additional tax")
    one.add_argument(
        "--periods", default="", dest="periodes", help="of collection, such as 2026-04-01/2026-09-30 ..."
    )
    one.add_argument("--from", default="", dest="perception_du", help="first day collected, such as 01/04")
    one.add_argument("--to", default="", dest="perception_au", help="last day collected")
    one.add_argument("--rounding", default="", dest="arrondi", choices=("", "etapes", "somme"))
    one.add_argument("--source", required=True, help="where it is written: the deliberation and its date")
    return parser


async def _import(asked: argparse.Namespace, places: Places) -> int:
    layout = read_mapping(asked.mapping) if asked.mapping else Layout()
    lines = read_file(asked.file, layout)
    counts: Counter[str] = Counter()
    async with services(places) as connected:
        for line in lines:
            await _take(line, connected, counts, asked)
        if asked.apply:
            await note(connected, "tax.imported", asked.file.name)
    would = "" if asked.apply else "would be "
    print(
        f"{counts['NEW']} {would}new, {counts['REPLACES']} {would}replaced, {counts['UNCHANGED']} unchanged,"
        f" {counts['kept']} kept from another source, {counts['refused']} refused."
        + ("" if asked.apply else " Nothing was saved: --apply saves it.")
    )
    return 1 if counts["refused"] else 0


async def _take(line: Read, connected: Services, counts: Counter[str], asked: argparse.Namespace) -> None:
    if line.problem:
        counts["refused"] += 1
        print(f"line {line.line:>5}  refused: {line.problem}")
        return
    for rule in line.rules:
        rule.source = rule.source or asked.file.name
        try:
            answer = await _save(connected, rule, dry_run=True)
            fate, notes = _fate(answer.remarks, rule, replace=asked.replace)
            if asked.apply and fate in {"NEW", "REPLACES"}:
                await _save(connected, rule)
        except RemoteError as error:
            fate, notes = "refused", str(error)
        counts[fate] += 1
        if fate != "UNCHANGED" or notes:
            print(f"line {line.line:>5}  {_named(rule, line.commune)}: {fate.lower()}{notes}")


async def _save(
    connected: Services, rule: pricing.TaxRule, *, dry_run: bool = False
) -> calls.TaxRuleResponse:
    # A new id each time: a rule may go back to what it was once before.
    request = calls.SaveTaxRuleRequest(request_id=str(uuid4()), rule=rule, dry_run=dry_run)
    answer: calls.TaxRuleResponse = await connected.tariffs.SaveTaxRule(request)
    return answer


def _fate(remarks: Sequence[pricing.StayRefusal], rule: pricing.TaxRule, *, replace: bool) -> tuple[str, str]:
    """What happens to a rule, and what is to be said of it."""
    fate, notes = "NEW", []
    for one in remarks:
        params = dict(one.params)
        if one.reason in _WORDS:
            amounts = {key: _amount(int(text)) for key, text in params.items()}
            notes.append(_WORDS[one.reason].format(**amounts))
        else:
            fate = one.reason
        if one.reason == "REPLACES":
            other = params["source"] != rule.source
            notes.append(f"was {_said(params)} ({params['source'] or 'no source'})")
            fate = "kept" if other and not replace else fate
    return fate, "".join(f"; {each}" for each in notes)


def _said(params: dict[str, str]) -> str:
    rate = int(params["rate_basis_points"])
    return f"{_amount(rate)} %" if rate else f"{_amount(int(params['tariff']))} €"


def _amount(hundredths: int) -> str:
    return f"{hundredths // 100},{hundredths % 100:02}"


def _named(rule: pricing.TaxRule, commune: str) -> str:
    amount = {"rate_basis_points": str(rule.rate_basis_points), "tariff": str(rule.tariff)}
    return " ".join(filter(None, (rule.insee, commune, rule.category, str(rule.year), _said(amount))))


async def _list(asked: argparse.Namespace, places: Places) -> int:
    async with services(places) as connected:
        answer = await connected.tariffs.ListTaxRules(calls.ListTaxRulesRequest(insee=asked.insee))
    for rule in answer.rules:
        more = [f"+ {name} {_amount(rate)} %" for name, rate in sorted(rule.additional.items())]
        if rule.cap:
            more.append(f"cap {_amount(rule.cap)} €")
        for each in rule.collected:
            last = date.fromisoformat(each.departure) - timedelta(days=1)
            more.append(f"from {each.arrival} to {last}")
        more += ["only the sum rounded"] * (not rule.round_each_step) + ["TO CONFIRM"] * rule.to_confirm
        print("  ".join((_named(rule, ""), *more, f"({rule.source})")))
    if not answer.rules:
        print(f"No rule of {asked.insee} is known: stays there show no tourist tax.")
    return 0


async def _set(asked: argparse.Namespace, places: Places) -> int:
    cells = dict.fromkeys(COLUMNS, "") | {
        name: text for name, text in vars(asked).items() if name in COLUMNS and isinstance(text, str)
    }
    try:
        rule = rule_of(cells | {"annee": asked.year, "categorie": asked.category})
    except BadLine as problem:
        raise CannotStart(f"The rule cannot be read: {problem}.") from problem
    async with services(places) as connected:
        answer = await _save(connected, rule)
        await note(connected, "tax.typed", f"{rule.insee} {rule.category} {rule.year}")
    fate, notes = _fate(answer.remarks, rule, replace=True)
    print(f"{_named(rule, '')}: {fate.lower()}{notes}")
    return 0
