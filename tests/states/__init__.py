"""Everything people do in a clinic, in any order, and what must hold after every step."""
