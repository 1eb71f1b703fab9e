"""The page: charts, tables, narrative, executed notebooks, HTML and PDF."""
