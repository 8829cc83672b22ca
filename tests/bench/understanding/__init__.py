"""`make bench-understanding`: how well the understanding understands, one section a file.

To add a section: write a module here with

- `TITLE`, one line, and
- `lines(community) -> Iterator[str]`, which measures and yields lines as they are ready (tables by
  `tests.bench.table.table`),

and name it in `SECTIONS` of `__main__.py`. `python -m tests.bench.understanding NAME…` runs only
those. A section measures on texts that nothing was built from, prints how many they are, and uses
no chance but a seeded one. Floors for the figures are tests in `tests/flows`.
"""
