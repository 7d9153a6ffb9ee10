"""The environment of every process of a copy: the settings of the services, written out."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

from sejour_local.kept import SERVICES, Kept, instances, public_port
from sejour_local.places import Places
from sejour_local.processes import Program

DATABASES = ("catalog", "pricing", "availability", "booking", "documents", "gateway")


@dataclass(frozen=True, slots=True)
class Copy:
    """One running copy: its places, its kept settings, and the servers it stands on."""

    places: Places
    kept: Kept
    postgres_url: str
    kafka_bootstrap: str

    @property
    def base_url(self) -> str:
        """The public address without a path."""
        return base_url()

    def database_url(self, service: str, driver: str = "postgresql+asyncpg") -> str:
        """The address of a service's own database."""
        server, _, _ = self.postgres_url.partition("://")[2].rpartition("/")
        return f"{driver}://{server}/{database_name(service)}"

    def shared(self) -> dict[str, str]:
        """Settings that all processes have."""
        addresses = {f"SEJOUR_{name.upper()}_ADDRESS": self._address(name) for name in (*SERVICES, "gateway")}
        return {
            "SEJOUR_ENV": "development",
            "SEJOUR_KAFKA_BOOTSTRAP": self.kafka_bootstrap,
            "SEJOUR_SIGNING_KEYS": self.kept.signing_key,
            "SEJOUR_CLOCK_FILE": str(self.places.clock),
            "SEJOUR_BASE_URL": self.base_url,
            "SEJOUR_FILES_DIR": str(self.places.files),
            "SEJOUR_MAIL_DIR": str(self.places.mail),
            "MALLOC_ARENA_MAX": "2",
            "PYTHONUNBUFFERED": "1",
            **addresses,
        }

    def programs(self) -> list[Program]:
        """The services, the search role and the gateway."""
        first = [self._service(name) for name in SERVICES] + [self._gateway()]
        if instances() == 1:
            return first
        return first + [self._service(name, "-2") for name in SERVICES] + [self._gateway("-2")]

    def _address(self, name: str) -> str:
        ports = [self.kept.ports[f"{name}{which}_grpc"] for which in ("", "-2")[: instances()]]
        hosts = ",".join(f"127.0.0.1:{port}" for port in ports)
        return hosts if len(ports) == 1 else f"ipv4:{hosts}"

    def metrics_address(self, name: str) -> str:
        """Where a process serves its metrics and its health."""
        return f"127.0.0.1:{self.kept.ports[f'{name}_metrics']}"

    def _service(self, name: str, which: str = "") -> Program:
        package, role = ("availability", "search") if name == "search" else (name, "serve")
        prefix = name.upper()
        database = {} if name == "search" else {f"{prefix}_DATABASE_URL": self.database_url(name)}
        return Program(
            name=name + which,
            command=(sys.executable, "-m", package, role),
            environment={
                **self.shared(),
                **database,
                f"{prefix}_GRPC_LISTEN": f"127.0.0.1:{self.kept.ports[f'{name}{which}_grpc']}",
                f"{prefix}_METRICS_LISTEN": self.metrics_address(name + which),
            },
            folder=self.places.home,
        )

    def _gateway(self, which: str = "") -> Program:
        host = os.environ.get("SEJOUR_LISTEN") or "127.0.0.1"
        port = self.kept.ports["gateway-2_http"] if which else public_port()
        return Program(
            name="gateway" + which,
            command=(sys.executable, "-m", "gateway", "serve"),
            environment={
                **self.shared(),
                "GATEWAY_HTTP_LISTEN": f"{host}:{port}",
                "GATEWAY_GRPC_LISTEN": f"127.0.0.1:{self.kept.ports[f'gateway{which}_grpc']}",
                "GATEWAY_DATABASE_URL": self.database_url("gateway"),
                "GATEWAY_METRICS_LISTEN": self.metrics_address("gateway" + which),
                "GATEWAY_OBSERVED": ",".join(
                    f"{name}={self.metrics_address(name)}" for name in ("gateway", *SERVICES)
                ),
            },
            folder=self.places.home,
        )


def database_name(service: str) -> str:
    """The name of a service's database; `SEJOUR_DATABASE_PREFIX` lets two copies share a server."""
    return f"{os.environ.get('SEJOUR_DATABASE_PREFIX') or 'sejour_'}{service}"


def base_url() -> str:
    """The public address without a path: `SEJOUR_BASE_URL`, else this machine's."""
    return os.environ.get("SEJOUR_BASE_URL") or f"http://localhost:{public_port()}"


def hosts() -> dict[str, str]:
    """The address of each public host."""
    scheme, _, host = base_url().partition("://")
    return {name: f"{scheme}://{name}.{host}" for name in ("app", "book", "files", "widget")}
