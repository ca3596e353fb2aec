"""Help that is never further than one tap, with or without a database."""
