"""What came in and what of it was read, in numbers.

In: a reader and a number of days. Out: `reading.Reading`, counted by a few queries over those days alone, and
`bars.Bars`, how a template draws two series side by side (pure). Nothing is kept: the numbers are those of the marks.
"""
