"""Doorbells over Socket.IO: they say that something is new, never what."""
