"""
The door: raw files in, checked canonical tables out.

Nothing from outside reaches the diagnosis unchecked. :func:`kpikit.intake.read.read_client`
reads a client's files as their :class:`kpikit.intake.filemap.FileMap` descriptions say and
returns the tables of :data:`kpikit.vocabulary.TABLES` with every problem that was met.
"""
