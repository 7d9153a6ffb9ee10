"""The data file: owners, listings, prices, terms, open periods, clients and bookings in one YAML file."""
