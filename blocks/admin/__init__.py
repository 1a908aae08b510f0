"""What admins see of the catalogue: the list of apps, one app, and a form for each part of it.

A list, an app and a form are as deep as Slack stacks modals. Each form stands in a file with its parser, as
a table of fields (`fields`), which `overlay` draws and reads back.
"""
