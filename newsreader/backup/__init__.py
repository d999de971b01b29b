"""Everything that an instance holds, in one file, and back into an empty one: also from SQLite to Postgres.

The file is a .zip: a member of JSON lines per table, one .tar of the pictures, and manifest.json, which is written last
and has the number of rows and the SHA-256 of every other member.
"""
