"""The verbs: what can happen to a request and to a grant. Each is a plain function of a transaction.

A verb locks what it moves, looks at the state, moves it by compare-and-swap (`moves`), and writes the audit
entry and the jobs that the change causes. What may not be done raises a `Refusal` and changes nothing.
"""
