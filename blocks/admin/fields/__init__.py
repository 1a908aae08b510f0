"""The fields that admin forms consist of, by kind."""
