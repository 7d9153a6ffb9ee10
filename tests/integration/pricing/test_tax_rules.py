"""The operator's rules of the tourist tax: files, copies to the next year, and who may."""

import asyncio
import threading

import pytest
from chassis.errors import ErrorKind, RemoteError
from chassis.ids import new_id
from pricing.adapters.postgres import units
from pricing.application import import_tax_rules
from pricing.application.save_tax_rule import store_rules
from pricing.domain.taxes import TaxRule
from sejour.common.v1 import common_pb2
from sejour.pricing.v1 import pricing_service_pb2 as pb

from .conftest import BEAULIEU, request_id, save_tax

HEAD = "insee;commune;categorie;annee;tarif;taux;plafond;departementale;periodes;source"


async def take(world, text, **more):
    request = pb.ImportTaxRulesRequest(file_name="tarifs.csv", content=text.encode(), **more)
    with world.acting("operator"):
        return await world.tariffs.ImportTaxRules(request)


def fates(answer):
    return [(one.line, pb.TaxFileOutcome.Name(one.outcome)[17:]) for one in answer.lines]


async def found(world, **request):
    with world.public():
        return await world.tariffs.ListTaxRules(pb.ListTaxRulesRequest(**request))


async def test_a_dry_run_says_what_a_file_would_do_and_stores_nothing(world):
    file = (
        f"{HEAD}\n2A201;Évisa;3;2031;1,20;;;10;;délibération\n2A201;Évisa;2;2031;9,00;;;;;\n"
        "2A201;Évisa;unclassified;2031;;4;;;;\n2A20;Évisa;3;2031;1,20;;;;;\n2A201;Évisa;3;2031;1,30;;;;;\n"
    )
    dry = await take(world, file, dry_run=True)
    assert fates(dry) == [(2, "NEW"), (3, "NEW"), (4, "NEW"), (5, "REFUSED"), (6, "REFUSED")]
    assert [[remark.reason for remark in one.remarks] for one in dry.lines] == [
        ["NEW"], ["ABOVE_CAP", "NEW"], ["CAP_MISSING", "NEW"], ["INSEE"], ["TWICE"],
    ]  # fmt: skip
    assert dict(dry.lines[4].remarks[0].params) == {"line": "2"}
    assert not (await found(world, insee="2A201")).rules

    assert fates(await take(world, file)) == fates(dry)
    rules = {one.category: one for one in (await found(world, insee="2A201")).rules}
    assert (rules["3"].tariff, rules["3"].source, rules["3"].commune) == (120, "délibération", "Évisa")
    assert (rules["2"].source, rules["2"].to_confirm) == ("tarifs.csv", True)
    again = await take(world, file)
    assert [fate for _, fate in fates(again)] == [*["UNCHANGED"] * 3, "REFUSED", "REFUSED"]


async def test_what_another_source_said_is_kept_unless_it_is_to_be_replaced(world):
    await save_tax(world, "2A202", "3", 2031, tariff=130, commune="Porto-Vecchio")
    file = f"{HEAD}\n2A202;;3;2031;1,20;;;;2031-04-01/2031-09-30 2031-12-19/2031-12-31;délibération\n"
    assert fates(await take(world, file)) == [(2, "KEPT")]
    [kept] = (await found(world, insee="2A202")).rules
    assert kept.tariff == 130
    replaced = await take(world, file, replace=True)
    assert fates(replaced) == [(2, "REPLACED")]
    assert replaced.lines[0].remarks[-1].params["source"] == "test"
    [rule] = (await found(world, insee="2A202")).rules
    assert (rule.id, rule.tariff, rule.commune, len(rule.collected)) == (kept.id, 120, "Porto-Vecchio", 2)


async def test_a_line_that_is_refused_does_not_stand_for_a_good_one_of_the_same_rule(world):
    file = f"{HEAD}\n2A206;;3;2031;9000000;;;;;x\n2A206;;3;2031;1,20;;;;;x\n"
    answer = await take(world, file)
    assert fates(answer) == [(2, "REFUSED"), (3, "NEW")]
    assert answer.lines[0].remarks[0].reason == "VALUE"


async def test_a_rule_that_is_typed_while_a_file_is_read_is_kept(world):
    typed = TaxRule(id=new_id(), insee="2A207", category="3", year=2031, tariff=130, source="typed")
    async with units(world.database, world.clock)() as rival:
        await rival.lock_commune("2A207")
        reading = asyncio.create_task(
            take(world, f"{HEAD}\n2A207;;3;2031;1,20;;;;;x\n2A207;;2;2031;1,00;;;;;x\n")
        )
        await asyncio.sleep(0.2)
        await store_rules(rival, [typed], now=world.clock())
        await rival.commit()
    assert fates(await reading) == [(2, "KEPT"), (3, "NEW")]
    assert [one.tariff for one in (await found(world, insee="2A207")).rules] == [100, 130]


async def test_a_file_is_read_beside_the_loop_that_answers(world, monkeypatch):
    readers = []
    read = import_tax_rules.read_tax_file
    monkeypatch.setattr(
        import_tax_rules,
        "read_tax_file",
        lambda *given, **named: readers.append(threading.current_thread()) or read(*given, **named),
    )
    await take(world, f"{HEAD}\n2A208;;3;2031;1,20;;;;;x\n", dry_run=True)
    assert readers
    assert threading.current_thread() not in readers


async def test_a_file_is_read_in_parts_of_whole_lines(world, monkeypatch):
    monkeypatch.setattr(import_tax_rules, "MOST_RULES", 3)
    lines = "".join(f"2A2{number:02};1,00;0,80\n" for number in range(10, 15))
    layout = pb.TaxFileLayout(
        columns={"insee": "code"}, defaults={"annee": "2031"}, wide={"trois": "3", "deux": "2"}
    )
    seen, after = [], 0
    while True:
        answer = await take(world, f"code;trois;deux\n{lines}", layout=layout, after_line=after)
        seen += fates(answer)
        after = answer.next_after
        if not after:
            break
        assert len(answer.lines) == 4
    assert [line for line, _ in seen] == [2, 2, 3, 3, 4, 4, 5, 5, 6, 6]
    assert {fate for _, fate in seen} == {"NEW"}


async def test_a_file_changes_the_sheets_of_the_listings_it_concerns(world, jeanne):
    await take(world, f"{HEAD}\n{BEAULIEU};;3;2028;1,60;;;;;x\n{BEAULIEU};;2;2028;0,90;;;;;x\n")
    told = (await world.news(jeanne.listing.id))[-1]
    assert b'"tariff":160' in told.sheets[0].tax_json


@pytest.mark.parametrize(
    ("request_", "metadata"),
    [
        (pb.ImportTaxRulesRequest(content=b"code;tarif\n1;2"), {"field": "content", "why": "no_column"}),
        (
            pb.ImportTaxRulesRequest(content=b"insee", layout=pb.TaxFileLayout(columns={"prix": "X"})),
            {"field": "layout", "why": "unknown_column"},
        ),
    ],
)
async def test_a_file_that_is_none_is_refused(world, request_, metadata):
    with world.acting("operator"), pytest.raises(RemoteError) as refused:
        await world.tariffs.ImportTaxRules(request_)
    assert refused.value.reason == "BAD_VALUE"
    assert {key: refused.value.metadata[key] for key in metadata} == metadata


async def test_a_commune_s_rules_are_copied_to_the_next_year_to_be_confirmed(world):
    collected = [common_pb2.Nights(arrival="2032-04-01", departure="2032-10-01")]
    await save_tax(world, "2A203", "3", 2032, tariff=110, collected=collected, commune="Sartène")
    await save_tax(world, "2A203", "2", 2032, tariff=90)
    await save_tax(world, "2A203", "2", 2033, tariff=95)
    request = pb.CopyTaxRulesRequest(request_id=request_id(), insee="2A203", year=2032)
    with world.acting("operator"):
        [copy] = (await world.tariffs.CopyTaxRules(request)).rules
        assert list((await world.tariffs.CopyTaxRules(request)).rules) == [copy]
        request.request_id = request_id()
        assert not (await world.tariffs.CopyTaxRules(request)).rules
    assert (copy.category, copy.year, copy.tariff, copy.to_confirm) == ("3", 2033, 110, True)
    assert (copy.collected[0].arrival, copy.collected[0].departure) == ("2033-04-01", "2033-10-01")
    rules = (await found(world, insee="2A203")).rules
    assert [(one.year, one.category, one.tariff) for one in rules] == [
        (2032, "2", 90), (2032, "3", 110), (2033, "2", 95), (2033, "3", 110),
    ]  # fmt: skip
    with world.acting("operator"), pytest.raises(RemoteError) as refused:
        await world.tariffs.CopyTaxRules(
            pb.CopyTaxRulesRequest(request_id=request_id(), insee="2A203", year=2040)
        )
    assert (refused.value.reason, refused.value.metadata["why"]) == ("BAD_VALUE", "no_rule")


async def test_rules_are_found_by_code_name_and_year_a_page_at_a_time(world):
    await take(
        world,
        f"{HEAD}\n2A204;Île-Rousse;3;2031;1,20;;;;;x\n2A204;Île-Rousse;3;2032;1,20;;;;;x\n"
        "2A204;Île-Rousse;2;2032;0,90;;;;;x\n2A205;Bonifacio;3;2032;9,00;;;;;x\n",
    )

    async def keys(**request):
        rules = (await found(world, **request)).rules
        return [(one.insee, one.year, one.category) for one in rules]

    first, second, third = ("2A204", 2032, "2"), ("2A204", 2032, "3"), ("2A204", 2031, "3")
    assert await keys(query="ile rousse") == [first, second, third]
    assert await keys(query="2a204", year=2032) == [first, second]
    assert await keys(query="BONIF", to_confirm=True) == [("2A205", 2032, "3")]
    assert await keys(query="%") == []
    page = await found(world, query="2A204", page=common_pb2.PageRequest(limit=2))
    assert await keys(query="2A204", page=common_pb2.PageRequest(cursor=page.next_cursor)) == [third]
    with pytest.raises(RemoteError) as refused:
        await found(world, page=common_pb2.PageRequest(cursor="x"))
    assert refused.value.reason == "BAD_VALUE"


async def test_only_operators_and_services_import_and_copy(world, jeanne):
    for grant in (f"owner:{jeanne.id}", "public", "label:x"):
        for call, request in (
            (world.tariffs.ImportTaxRules, pb.ImportTaxRulesRequest(content=b"insee")),
            (
                world.tariffs.CopyTaxRules,
                pb.CopyTaxRulesRequest(request_id=request_id(), insee=BEAULIEU, year=2026),
            ),
        ):
            with world.acting(grant), pytest.raises(RemoteError) as refused:
                await call(request)
            assert (refused.value.reason, refused.value.kind) == ("NOT_ALLOWED", ErrorKind.FORBIDDEN)
