"""`/access-admin`: setting up apps in modals. The list, one app, and the forms of its parts."""
