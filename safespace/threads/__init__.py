"""Conversations and posts: how they may be read, and the one module that changes them."""
