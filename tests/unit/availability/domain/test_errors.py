from availability.domain import errors
from sejour.availability.v1.availability_reasons_pb2 import AvailabilityReason


def test_the_reasons_of_the_contract_are_those_of_the_code():
    ours = {getattr(errors, name).reason for name in errors.__all__}
    assert ours == set(AvailabilityReason.keys()) - {"AVAILABILITY_REASON_UNSPECIFIED"}
