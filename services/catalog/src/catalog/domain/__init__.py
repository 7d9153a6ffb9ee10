"""What the catalog knows of the trade: fields, sheets, codes, checklist. Standard library only."""
