"""The verbs: what can happen to a request and to a grant.

Each is a pure function `verb(out, …)`: it reads frozen rows from `out.case`, locks what it moves, and adds
the changes, the audit entry and the jobs that follow to `out`, which the store saves as one. What may not be
done raises a `Refusal`; then nothing of it is saved.
"""
