"""The use cases of availability, one a file, and what they need (`ports`)."""
