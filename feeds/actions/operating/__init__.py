"""What keeps a site running: jobs, alerts and the ways they reach people, backups, tidying, watching itself."""
