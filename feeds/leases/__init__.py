"""Work that is due: one module for whatever asks hosts by a schedule of rows.

In: a model with the columns of `models.Leased` and a `queues.Queue` that names its times. Out: claims, which one worker
each works on, and the right to store what comes of it for as long as the lease is held; `visits.Visits` tells when a
host may be asked. `waits` says which stored times are believed, `hosts` what a host bears.
"""
