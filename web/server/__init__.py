"""The running web: its processes, feeds held in memory, conditional answers, health and counters."""
