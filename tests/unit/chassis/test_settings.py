"""Settings: comma lists, derived hosts, and what production refuses."""

import pytest
from chassis.settings import ServiceSettings, SharedSettings, split_address
from pydantic import ValidationError
from pydantic_settings import SettingsConfigDict


def test_signing_keys_are_a_comma_list_and_the_first_signs(monkeypatch):
    monkeypatch.setenv("SEJOUR_SIGNING_KEYS", "new, old")
    assert SharedSettings().keys == (b"new", b"old")


def test_hosts_derive_from_the_public_address():
    settings = SharedSettings(base_url="http://localhost:8080/")
    assert settings.host_url("book") == "http://book.localhost:8080"


def test_an_address_comes_from_the_environment_or_is_the_service_name(monkeypatch):
    monkeypatch.setenv("SEJOUR_PRICES_ADDRESS", "127.0.0.1:7001")
    assert SharedSettings().address("prices") == "127.0.0.1:7001"
    assert SharedSettings().address("others") == "others:50051"


@pytest.mark.parametrize(
    "toy",
    [
        {"clock_file": "clock.json"},
        {"failpoints": "x=kill"},
        {"failpoints_dir": "points"},
        {"fetch_allow": "127.0.0.1"},
        {},
        {"signing_keys": "short"},
    ],
)
def test_production_refuses_toys_and_weak_keys(toy):
    keys = {"signing_keys": "k" * 40} if toy and "signing_keys" not in toy else {}
    with pytest.raises(ValidationError):
        SharedSettings(env="production", **keys, **toy)


def test_production_accepts_long_own_keys():
    assert SharedSettings(env="production", signing_keys="k" * 40).env == "production"


def test_an_empty_clock_file_means_none(monkeypatch):
    monkeypatch.setenv("SEJOUR_CLOCK_FILE", "")
    assert SharedSettings().clock_file is None


def test_a_service_has_its_own_prefix_and_hides_its_password(monkeypatch):
    class Own(ServiceSettings):
        model_config = SettingsConfigDict(env_prefix="OWN_")

    monkeypatch.setenv("OWN_DATABASE_URL", "postgresql://u:hidden@h/d")
    assert "hidden" not in repr(Own())
    assert Own().database_url.get_secret_value().endswith("@h/d")


def test_addresses_are_split_also_for_ipv6():
    assert split_address("127.0.0.1:80") == ("127.0.0.1", 80)
    assert split_address("[::1]:80") == ("::1", 80)
