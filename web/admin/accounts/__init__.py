"""Signing in and out, the own account (password, passkeys, tokens, single sign-on), and the people of a site."""
