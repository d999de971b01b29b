"""The doors for apps: sign-in by app passwords, the Google Reader API, Fever.

In: a request as an app sends it. Out: what its decoder needs, from the same lists, marks and rights that pages have.
"""
