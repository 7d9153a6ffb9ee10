"""What the index tells operators."""

from prometheus_client import Counter, Gauge, Histogram

OFFERS = Gauge(
    "sejour_search_offers", "Listings in production times plans. A sudden fall: look at the catalog."
)
# Buckets: 50 ms is one relay and one poll, 1 s is the promise from an owner's click to the search.
FRESHNESS = Histogram(
    "sejour_search_freshness_seconds",
    "From a change to the search that knows it. When it rises, look at relays and the consumer's lag.",
    ["topic"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0),
)
MISREAD = Gauge(
    "sejour_search_misread_sheets", "Listings whose rate sheets are not understood. Look at the log."
)
ODD = Gauge(
    "sejour_search_odd_sheets",
    "Sheets too unusual for the arrays, priced one by one. When many, searches slow down: see the algorithm.",
)
VECTORS = Counter(
    "sejour_search_price_vectors_total",
    "Price vectors asked for, by outcome. Few hits: each search costs more; give it more processor.",
    ["outcome"],
)
