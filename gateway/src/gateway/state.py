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
            owner = (await self.services.owners.GetOwner(owners_pb.GetOwnerRequest(id=owner_id))).owner
            name = ""
            if owner.label_ids:
                request = owners_pb.GetLabelRequest(id=owner.label_ids[0])
                name = (await self.services.owners.GetLabel(request)).label.name
        except ServiceError:
            return known[1] if known else ""
        if len(self._labels) > 10_000:
            self._labels.clear()
        self._labels[owner_id] = (time.monotonic() + _LABEL_SECONDS, name)
        return name
