"""The admin screens of the catalogue: lists that open forms, and forms that consist of fields.

A list, an app and a form are as deep as Slack stacks modals. Each form stands beside its parser, as a table
of fields (`fields`) that `form_mapping` draws and reads back.
"""
