"""People who sign in: passwords, passkeys, codes of an app, single sign-on, and their tokens for the API.

Who may do what is decided here; what a browser shows and keeps (cookies, forms) belongs in `web.admin`.
"""
