"""What is true: tables, rules, the audit trail and the jobs. Nothing here knows of Slack."""
