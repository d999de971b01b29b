"""From a text to the lexemes that stand for it in the index. Pure.

`fold` makes characters alike, `languages` tells the language, `lexemes` takes the text apart.
"""
