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
import csv
import io
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

from chassis.errors import RemoteError
from sejour.pricing.v1 import pricing_service_pb2 as calls
from sejour.pricing.v1 import pricing_types_pb2 as pricing

from sejour_local.audit import note
from sejour_local.load.services import Services, services
from sejour_local.places import Places
from sejour_local.sentences import CannotStart
from sejour_local.tax_file import (
    ADDITIONAL,
    COLUMNS,
    file_words,
    read_content,
    read_layout,
    refusal_words,
)

_SECONDS = 120.0
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
    request = calls.ImportTaxRulesRequest(
        file_name=asked.file.name,
        content=read_content(asked.file),
        layout=read_layout(asked.mapping) if asked.mapping else None,
        dry_run=not asked.apply,
        replace=asked.replace,
    )
    counts: Counter[int] = Counter()
    async with services(places) as connected:
        async for line in _lines(request, connected):
            counts[line.outcome] += 1
            if line.outcome != calls.TAX_FILE_OUTCOME_UNCHANGED or len(line.remarks) > 1:
                print(f"line {line.line:>5}  {_told(line)}")
        if asked.apply:
            await note(connected, "tax.imported", asked.file.name)
    would = "" if asked.apply else "would be "
    found = [
        counts[each]
        for each in (
            calls.TAX_FILE_OUTCOME_NEW, calls.TAX_FILE_OUTCOME_REPLACED, calls.TAX_FILE_OUTCOME_UNCHANGED,
            calls.TAX_FILE_OUTCOME_KEPT, calls.TAX_FILE_OUTCOME_REFUSED,
        )
    ]  # fmt: skip
    print(
        f"{found[0]} {would}new, {found[1]} {would}replaced, {found[2]} unchanged,"
        f" {found[3]} kept from another source, {found[4]} refused."
        + ("" if asked.apply else " Nothing was saved: --apply saves it.")
    )
    return 1 if found[4] else 0


async def _lines(
    request: calls.ImportTaxRulesRequest, connected: Services
) -> AsyncIterator[calls.TaxFileLine]:
    """Every line of a file, some thousand rules a call."""
    while True:
        try:
            answer = await connected.tariffs.ImportTaxRules(request, timeout=_SECONDS)
        except RemoteError as error:
            words = file_words(error.metadata, request.file_name)
            if error.reason == "BAD_VALUE" and words:
                raise CannotStart(words) from error
            raise
        for line in answer.lines:
            yield line
        request.after_line = answer.next_after
        if not answer.next_after:
            return


def _told(line: calls.TaxFileLine) -> str:
    """What becomes of a rule, and what is to be said of it."""
    if line.outcome == calls.TAX_FILE_OUTCOME_REFUSED:
        [why] = line.remarks
        return f"refused: {refusal_words(why.reason, why.params)}"
    fate = calls.TaxFileOutcome.Name(line.outcome).removeprefix("TAX_FILE_OUTCOME_").lower()
    notes = []
    for one in line.remarks:
        params = dict(one.params)
        if one.reason in _WORDS:
            amounts = {key: _amount(int(text)) for key, text in params.items()}
            notes.append(_WORDS[one.reason].format(**amounts))
        elif one.reason == "REPLACES":
            notes.append(f"was {_said(params)} ({params['source'] or 'no source'})")
    named = _named(line.rule, line.commune)
    return f"{named}: {fate}" + "".join(f"; {each}" for each in notes)


def _said(params: dict[str, str]) -> str:
    rate = int(params["rate_basis_points"])
    return f"{_amount(rate)} %" if rate else f"{_amount(int(params['tariff']))} €"


def _amount(hundredths: int) -> str:
    return f"{hundredths // 100},{hundredths % 100:02}"


def _named(rule: pricing.TaxRule, commune: str) -> str:
    amount = {"rate_basis_points": str(rule.rate_basis_points), "tariff": str(rule.tariff)}
    return " ".join(
        filter(None, (rule.insee, commune or rule.commune, rule.category, str(rule.year), _said(amount)))
    )


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
    cells = {name: text for name, text in vars(asked).items() if name in COLUMNS and isinstance(text, str)}
    cells |= {"annee": asked.year, "categorie": asked.category}
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows((cells.keys(), cells.values()))
    request = calls.ImportTaxRulesRequest(content=out.getvalue().encode(), replace=True)
    async with services(places) as connected:
        [line] = [each async for each in _lines(request, connected)]
        if line.outcome == calls.TAX_FILE_OUTCOME_REFUSED:
            [why] = line.remarks
            raise CannotStart(f"The rule cannot be read: {refusal_words(why.reason, why.params)}.")
        await note(connected, "tax.typed", f"{line.rule.insee} {line.rule.category} {line.rule.year}")
    print(_told(line))
    return 0
