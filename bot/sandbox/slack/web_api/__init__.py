"""The Web API: the table of methods, authorisation, arguments, rate limits, and the HTTP server."""
