"""The numbers of unread articles of a reader's labels and saved searches, as last counted.

In: a reader. Out: numbers that lists show at no cost of their own, and a recount within a time. A new kind of number is
a column of the row, and a line where it is counted.
"""
