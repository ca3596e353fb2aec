"""Measures the risk engine on labelled posts and beside simpler ways; nothing here runs when a post comes in."""
