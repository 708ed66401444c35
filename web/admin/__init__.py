"""The pages under /admin: one screen a file, each over the same actions as the commands."""
