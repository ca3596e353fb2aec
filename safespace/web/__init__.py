"""Pages over HTTP, one module per folder of templates; no rule lives here."""
