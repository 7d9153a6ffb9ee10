"""The index in memory behind the role `search`: records, calendars, places, and the search over them."""
