"""What keeps a site running: work on request, alerts and the ways they reach people, backups, tidying, watching itself."""
