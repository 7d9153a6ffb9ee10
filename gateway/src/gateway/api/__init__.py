"""The public API, first version, under `/api/v1`; `application` puts it together."""
