"""The Flask app: feeds, pages and health for the public. Opens no outside socket, parses no feed.

`public` has what readers and machines see, `admin` the pages under /admin, `api` what programs ask, `server` the running
processes, `freeze` the site as files. Beside them stand `templates`, `static` (styles, one script) and `translations`.
"""
