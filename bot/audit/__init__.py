"""The audit trail outside of the database: checkpoints, exports, verification."""
