"""The one door: dashboard, hosted pages, public API."""
