"""The catalog's own metrics."""

from prometheus_client import Counter

IMPORTED = Counter(
    "sejour_catalog_import_records_total",
    "Records of feeds by outcome (dry runs left out). Many REFUSED: the feed's shape changed; read a report.",
    ["format", "outcome"],
)
READINESS_UNKNOWN = Counter(
    "sejour_catalog_readiness_unknown_total",
    "Checklists that a service did not answer in time. When it grows, look at that service.",
    ["service"],
)
PHOTOS_REFUSED = Counter(
    "sejour_catalog_photos_refused_total",
    "Uploads that are no photo to keep, by reason. When TOO_LARGE grows, say the limit earlier on the page.",
    ["why"],
)
