"""Everything that acts on events."""
