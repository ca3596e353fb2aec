"""The demo clinic: fictional people and words, seeded through the same doors as real ones, never beside real ones."""
