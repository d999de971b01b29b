"""The numbers of articles that came in and of those that were read.

In: a reader and a number of days. Out: `reading.Reading`, counted by a few queries over those days alone, and
`bars.Bars`, how a template draws two series side by side (pure). Nothing is kept: the numbers are those of the marks.
"""
