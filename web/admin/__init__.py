"""The pages under /admin: one screen a file, each over the same actions as the commands.

A screen is a function `add(frame)`, listed in `blueprint.SCREENS`; its template stands in `web/templates/admin/`, and what
several of them draw (states, pagers, sparklines, bars, rows of articles) is a macro of `web/templates/admin/parts.html`.
"""
