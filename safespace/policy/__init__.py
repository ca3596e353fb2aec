"""Who may do what: one pure table, asked by pages, sockets, templates and commands."""
