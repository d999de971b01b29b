"""Stories: articles that are one, kept together so that lists have one row for them.

In: articles that are new or have changed (`fold.want`), and the archive from before. Out: which belong to which story,
in which place (StoryMember), and which tell of the same (Likeness). What is alike says articles.folding, which is pure;
what a reader's lists have of a story says `rows`.
"""
