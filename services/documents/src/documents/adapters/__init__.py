"""How documents reaches its database, other services, files, the PDF worker and mail."""
