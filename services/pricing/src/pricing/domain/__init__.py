"""The rules of tariffs and quotes: pure, on `values`, `tariff` and the error base of chassis."""
