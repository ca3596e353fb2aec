"""Locations, groups and memberships: where somebody belongs, under which alias, and who works where."""
