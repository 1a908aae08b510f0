"""Rows for lists: without the policy and the connector, which are large and which no list shows."""

from sqlalchemy.orm import defer

from models.tables.grants import Grant
from models.tables.requests import Request

REQUEST = (defer(Request.policy, raiseload=True),)
"""Options of a select of requests; reading `policy` off such a row raises."""
GRANT = (defer(Grant.policy, raiseload=True), defer(Grant.connector, raiseload=True))
"""Options of a select of grants; reading `policy` or `connector` off such a row raises."""
