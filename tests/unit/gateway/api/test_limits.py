import pytest
from gateway.api.limits import Buckets, Rate, ip_prefix


def test_a_bucket_lets_its_burst_pass_and_then_waits_for_tokens():
    now = 0.0
    buckets = Buckets(lambda: now)
    rate = Rate(per_minute=60, burst=2)
    assert [buckets.take("a", rate).allowed for _ in range(3)] == [True, True, False]
    refused = buckets.take("a", rate)
    assert (refused.headers()["Retry-After"], refused.remaining) == ("1", 0)
    assert buckets.take("b", rate).allowed
    now = 1.0
    assert buckets.take("a", rate).allowed
    assert not buckets.take("a", rate).allowed


def test_the_headers_tell_when_the_bucket_is_full_again():
    buckets = Buckets(lambda: 0.0)
    headers = buckets.take("a", Rate(per_minute=60, burst=10)).headers()
    assert headers == {"RateLimit-Limit": "10", "RateLimit-Remaining": "9", "RateLimit-Reset": "1"}


@pytest.mark.parametrize(
    ("address", "prefix"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2345::1", "2001:db8:1:2300::/56"),
        ("::ffff:192.0.2.9", "192.0.2.0/24"),
        ("testclient", "testclient"),
    ],
)
def test_neighbours_in_one_house_share_a_bucket(address, prefix):
    assert ip_prefix(address) == prefix
