"""One use case a function; pages, API and command line call these and nothing below."""
