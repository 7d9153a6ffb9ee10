"""Every service twice behind one name, and two gateways: one after the other restarts under load, nobody notices."""

import pytest
from sejour_local import testing
from sejour_local.kept import SERVICES
from steady import restart, steady_load

pytestmark = pytest.mark.xdist_group("rolling")


@pytest.fixture(scope="module")
def doubled():
    """A copy of its own with two processes of each; they answer for a while after SIGTERM, as in a cluster."""
    stack = testing.fresh_stack("rolling", SEJOUR_INSTANCES="2", SEJOUR_DRAIN_SECONDS="1.5")
    yield stack
    stack.stop()
    testing.forget(stack)


async def test_a_rolling_restart_of_every_process_under_load_fails_no_request(doubled):
    async with steady_load(doubled) as steady:
        for number, name in enumerate((*SERVICES, "gateway")):
            # One of each pair here; « make rolling » restarts all, again and again.
            await restart(doubled, name if number % 2 else f"{name}-2")
            await steady.more(1)
            assert steady.failures == [], name
