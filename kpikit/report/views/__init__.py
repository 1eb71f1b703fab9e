"""
What each chapter shows: tables, charts and sentences made from figures.

One module for each chapter. A view takes the study, formats, and returns what
the notebook displays; it computes nothing.
"""
