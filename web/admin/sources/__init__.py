"""Sources: the list, one of them, adding one, lists of them, and hosts that rest."""
