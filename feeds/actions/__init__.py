"""One use case a function; pages, API and command line call these and nothing below.

Each room holds the use cases of one part of the work. From the top down, each may use those after it:
`accounts`, `lists`, `editing`, `delivering`, `gathering`, `sorting`, `operating`, `publishing`, `declaring`.
`job_kinds` stands above them all: it names what does each kind of work on request.
"""
