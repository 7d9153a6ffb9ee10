"""Where calls, news and jobs come in."""
