"""What every page may need, in one object on `app.state.gateway`."""

import time
from dataclasses import dataclass, field

from chassis.clock import Clock
from chassis.errors import ServiceError
from chassis.settings import SharedSettings
from sejour.catalog.v1 import owner_service_pb2 as owners_pb

from gateway.accounts.store import Accounts
from gateway.clients import Services
from gateway.pages import Pages
from gateway.settings import GatewaySettings

_LABEL_SECONDS = 300.0
_LABEL_PATIENCE, _LABEL_PAUSE = 0.5, 10.0
"""The header is not worth a wait: so long it is asked for, and so long not again after silence."""


@dataclass(slots=True)
class Gateway:
    """Settings, words, accounts and services."""

    shared: SharedSettings
    settings: GatewaySettings
    clock: Clock
    accounts: Accounts
    services: Services
    pages: Pages = field(default_factory=Pages)
    _labels: dict[str, tuple[float, str]] = field(default_factory=dict)

    async def label_name(self, owner_id: str) -> str:
        """Returns the name of the owner's first label, for the header; nothing when the catalog is silent."""
        known = self._labels.get(owner_id)
        if known and known[0] > time.monotonic():
            return known[1]
        try:
            name, seconds = await self._asked_label(owner_id), _LABEL_SECONDS
        except ServiceError:
            name, seconds = known[1] if known else "", _LABEL_PAUSE
        if len(self._labels) > 10_000:
            self._labels.clear()
        self._labels[owner_id] = (time.monotonic() + seconds, name)
        return name

    async def _asked_label(self, owner_id: str) -> str:
        calls = self.services.owners
        asked = owners_pb.GetOwnerRequest(id=owner_id)
        owner = (await calls.GetOwner(asked, timeout=_LABEL_PATIENCE)).owner
        if not owner.label_ids:
            return ""
        label = owners_pb.GetLabelRequest(id=owner.label_ids[0])
        return str((await calls.GetLabel(label, timeout=_LABEL_PATIENCE)).label.name)
