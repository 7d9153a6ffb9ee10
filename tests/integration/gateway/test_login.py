import re

import pytest
from chassis.settings import SharedSettings
from gateway.api.limits import Rate
from gateway.app import create_app
from gateway.owner import install
from gateway.settings import GatewaySettings
from gateway.state import Gateway
from httpx import ASGITransport, AsyncClient

from .conftest import OWNER_ID, PASSWORD, Silent


async def log_in(browser, login="27144", password=PASSWORD, **more):
    data = {"identifiant": login, "mot_de_passe": password} | more
    return await browser.post("/connexion", data=data, headers={"origin": "http://app.localhost:8080"})


async def token_of(browser):
    return re.search(r'name="_token" value="([0-9a-f]+)"', (await browser.get("/codes")).text)[1]


@pytest.mark.usefixtures("jeanne")
async def test_wrong_login_and_wrong_password_read_the_same(browser):
    unknown, wrong = (
        await log_in(browser, "personne@example.org"),
        await log_in(browser, password="faux-faux-faux"),
    )
    assert unknown.status_code == wrong.status_code == 422
    sentence = "L’identifiant ou le mot de passe ne convient pas"
    assert sentence in unknown.text
    assert sentence in wrong.text


@pytest.mark.usefixtures("jeanne")
async def test_signing_in_leads_to_the_planning_or_back_to_where_one_was(browser):
    assert (await log_in(browser)).headers["location"] == "/planning"
    assert (await log_in(browser, suite="/reservations/3")).headers["location"] == "/reservations/3"


@pytest.mark.usefixtures("jeanne")
@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
async def test_signing_in_never_leads_to_another_site(browser, target):
    assert (await log_in(browser, suite=target)).headers["location"] == "/planning"


@pytest.mark.usefixtures("jeanne")
async def test_the_session_is_a_new_cookie_at_each_login_that_script_cannot_read(browser):
    first, second = await log_in(browser), await log_in(browser)
    cookies = [answer.headers["set-cookie"] for answer in (first, second)]
    assert cookies[0] != cookies[1]
    assert all("HttpOnly" in cookie and "SameSite=lax" in cookie for cookie in cookies)


async def test_a_page_asks_a_stranger_to_sign_in_and_remembers_the_way(browser):
    answer = await browser.get("/reservations/3?a=1")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/connexion?suite=/reservations/3%3Fa%3D1"


@pytest.mark.usefixtures("jeanne")
async def test_a_form_from_another_site_is_refused(browser):
    answer = await browser.post("/connexion", data={}, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    await log_in(browser)
    forged = await browser.post(
        "/codes", data={"_token": "0" * 32}, headers={"origin": "http://app.localhost:8080"}
    )
    assert forged.status_code == 403


@pytest.mark.usefixtures("jeanne")
async def test_signing_out_ends_the_session_on_the_server(browser):
    await log_in(browser)
    cookie = dict(browser.cookies)
    await browser.post("/deconnexion", headers={"origin": "http://app.localhost:8080"})
    browser.cookies.update(cookie)
    assert (await browser.get("/codes")).status_code == 303


@pytest.mark.usefixtures("jeanne")
async def test_a_password_is_changed_with_the_present_one_only(browser):
    await log_in(browser)
    form = {
        "_token": await token_of(browser),
        "actuel": "faux-faux-faux",
        "nouveau": "une autre phrase longue",
    }
    origin = {"origin": "http://app.localhost:8080"}
    refused = await browser.post("/codes", data=form, headers=origin)
    assert "Ce n’est pas votre mot de passe actuel" in refused.text
    done = await browser.post("/codes", data=form | {"actuel": PASSWORD}, headers=origin)
    assert done.status_code == 303
    page = await browser.get("/codes")
    assert "Votre mot de passe est changé" in page.text
    assert "Votre mot de passe est changé" not in (await browser.get("/codes")).text


@pytest.mark.usefixtures("jeanne")
async def test_the_frame_shows_supplier_label_and_the_whole_menu(browser):
    await log_in(browser)
    page = (await browser.get("/codes")).text
    for words in (
        "Fournisseur n°\u00a027144",
        "Clévacances",
        "Mon planning",
        "Saisie de mes tarifs",
        "Mes clients",
    ):
        assert words in page


async def test_the_mails_of_development_are_not_there_in_production(browser):
    assert (await browser.get("/dev/mails")).status_code == 200
    assert (await browser.get("/dev/mails/..%2f..%2fetc%2fpasswd")).status_code == 404


@pytest.mark.usefixtures("jeanne")
@pytest.mark.parametrize(
    "target", ["/\t/evil.example", "/a\\\\b", "/\x0b/evil", "planning", "javascript:alert(1)"]
)
async def test_what_a_browser_could_read_as_another_site_is_not_followed(browser, target):
    assert (await log_in(browser, suite=target)).headers["location"] == "/planning"


@pytest.mark.usefixtures("jeanne")
@pytest.mark.parametrize(
    "headers", [{"origin": "null"}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}]
)
async def test_a_form_that_hides_where_it_comes_from_does_not_sign_in(browser, headers):
    data = {"identifiant": "27144", "mot_de_passe": PASSWORD}
    assert (await browser.post("/connexion", data=data, headers=headers)).status_code == 403
    assert (await browser.post("/deconnexion", headers=headers)).status_code == 403


@pytest.mark.usefixtures("jeanne")
async def test_the_present_password_cannot_be_guessed_with_a_stolen_session(browser, clock):
    clock.pass_by(days=3)
    await log_in(browser)
    form = {"_token": await token_of(browser), "nouveau": "une autre phrase longue"}
    origin = {"origin": "http://app.localhost:8080"}
    statuses = [
        (await browser.post("/codes", data=form | {"actuel": f"faux {number}"}, headers=origin)).status_code
        for number in range(6)
    ]
    assert statuses == [422] * 5 + [429]
    assert (await browser.post("/codes", data=form | {"actuel": PASSWORD}, headers=origin)).status_code == 429


@pytest.mark.usefixtures("jeanne")
async def test_a_changed_password_gives_this_device_a_new_session(browser, clock):
    clock.pass_by(days=6)
    await log_in(browser)
    before = dict(browser.cookies)
    form = {"_token": await token_of(browser), "actuel": PASSWORD, "nouveau": "une autre phrase longue"}
    done = await browser.post("/codes", data=form, headers={"origin": "http://app.localhost:8080"})
    assert done.status_code == 303
    assert dict(browser.cookies) != before
    assert (await browser.get("/codes")).status_code == 200
    browser.cookies.clear()
    browser.cookies.update(before)
    assert (await browser.get("/codes")).status_code == 303


async def test_signing_in_and_out_and_failing_to_are_noted_without_anybodys_address(
    browser, accounts, jeanne, clock
):
    clock.pass_by(days=9)
    began = clock()
    await log_in(browser)
    await browser.post("/deconnexion", headers={"origin": "http://app.localhost:8080"})
    await log_in(browser, "Quelqu.un@example.org")
    await log_in(browser, password="faux-faux-faux")
    rows = await accounts.audit.entries(since=began)
    events = ["session.closed", "session.opened", "session.refused", "session.refused"]
    assert sorted(each.event for each in rows) == events
    assert {each.actor for each in rows} == {f"account:{jeanne}", "nobody"}
    assert "example.org" not in repr(rows)
    assert all(each.household == "127.0.0.0/24" and each.request_id for each in rows)


async def test_a_write_of_a_page_is_noted_with_who_made_it_and_a_refused_one_is_not(
    browser, accounts, jeanne, clock
):
    clock.pass_by(days=12)
    began = clock()
    await log_in(browser)
    form = {
        "_token": await token_of(browser),
        "actuel": "faux-faux-faux",
        "nouveau": "une autre phrase longue",
    }
    origin = {"origin": "http://app.localhost:8080"}
    await browser.post("/codes", data=form, headers=origin)
    await browser.post("/codes", data=form | {"actuel": PASSWORD}, headers=origin)
    rows = [each for each in await accounts.audit.entries(since=began) if each.event == "password.changed"]
    assert sorted(each.outcome for each in rows) == ["ok", "refused"]
    assert {(each.actor, each.subject) for each in rows} == {(f"account:{jeanne}", f"owner:{OWNER_ID}")}


@pytest.mark.usefixtures("jeanne")
async def test_over_https_every_cookie_is_bound_to_its_host(accounts, clock):
    clock.pass_by(days=15)
    shared = SharedSettings(base_url="https://sejour.example", env="production", signing_keys=("k" * 32,))
    settings = GatewaySettings(database_url="postgresql://nowhere/gateway")
    gateway = Gateway(shared, settings, clock, accounts, services=Silent())
    app = create_app(gateway, lambda sites: install(sites["app"]))
    async with AsyncClient(transport=ASGITransport(app), base_url="https://app.sejour.example") as client:
        form = {"identifiant": "27144", "mot_de_passe": PASSWORD}
        spoken = await client.get("/connexion?lang=en")
        plain = await client.post("/connexion", data=form, headers={"origin": "http://app.sejour.example"})
        opened = await client.post("/connexion", data=form, headers={"origin": "https://app.sejour.example"})
    for answer in (opened, spoken):
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
        assert "domain" not in cookie.lower()
    assert plain.status_code == 403


async def test_one_household_cannot_try_passwords_of_all_accounts(browser, monkeypatch):
    monkeypatch.setattr("gateway.owner.login.LOGIN_RATE", Rate(1, 3))
    for number in range(3):
        assert (await log_in(browser, f"{number}@example.org")).status_code == 422
    refused = await log_in(browser, "4@example.org")
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
