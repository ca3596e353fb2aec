"""Psycho-education written by staff, and what is pinned where."""
