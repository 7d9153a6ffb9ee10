"""The call of `RateTableService`: translates and passes on."""

from typing import Any

from sejour.documents.v1 import rate_table_service_pb2 as pb
from sejour.documents.v1.rate_table_service_pb2_grpc import RateTableServiceServicer

from documents.application.get_rate_table import RateTable


class GrpcRateTable(RateTableServiceServicer):
    """Prices on one page."""

    def __init__(self, rate_table: RateTable) -> None:
        self._rate_table = rate_table

    async def GetRateTable(self, request: pb.GetRateTableRequest, context: Any) -> pb.GetRateTableResponse:  # noqa: ARG002
        """The prices of a listing and year."""
        document, content = await self._rate_table(request.listing_id, request.year, request.language)
        return pb.GetRateTableResponse(document=document, content=content)
