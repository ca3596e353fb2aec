"""How the tables came to be: each revision goes up and down in one transaction, and what is there survives it."""
