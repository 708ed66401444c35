"""The running web: its processes, feeds held in memory, conditional answers, limits and counters."""
