"""
The words of a client's KPIs: their language, their plainness, and which KPI is meant.

:mod:`~kpikit.wording.language` tells the language of short names,
:mod:`~kpikit.wording.terms` the terms that people translate differently,
:mod:`~kpikit.wording.plainness` how well a KPI is explained, and
:mod:`~kpikit.wording.matching` which KPI of the catalogue a client's own name means.
Nothing heavy is imported before the first question.
"""
