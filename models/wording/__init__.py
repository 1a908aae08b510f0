"""Messages in a company's own words: which there are, which facts they can show, and what is refused.

A template gives prose only. Who, what, until when, the status and the buttons are drawn by the cards whatever
it says, so that no wording makes a card untrue.
"""
