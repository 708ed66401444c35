"""The values that pass the doors between rooms: frozen, slotted, keyword-only."""
