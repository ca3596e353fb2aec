"""What Flask lends to the edges: login, the unit of work, headers, limits."""
