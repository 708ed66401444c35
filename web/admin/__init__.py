"""The pages under /admin: one screen a file, each over the same actions as the commands.

Screens and their forms stand in rooms: `sources`, `content`, `publishing`, `operating`, `accounts`. Here is what all of
them share: the frame of a page, the guard before it, cookies, fields of forms, and the words for a source's state.

A screen is a function `add(frame)`, listed in `blueprint.SCREENS`; its template stands in `web/templates/admin/`, and what
several of them draw (states, pagers, sparklines, bars, rows of articles) is a macro of `web/templates/admin/parts.html`.
"""
