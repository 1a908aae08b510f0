"""Mutants of the store and of the job table."""

from tests.mutants.mutant import mutant

CASE, OUTCOME, SAVE = "models/store/case.py", "models/store/outcome.py", "models/store/save.py"
SQLITE, POSTGRES = "models/store/sqlite.py", "models/store/postgres.py"
QUEUE, UNITS = "models/jobs/queue.py", "models/store/units.py"
CLAIM = "bot/worker/claim.py"
OF_CACHE, OF_THROTTLE = "models/test_cache.py", "bot/test_throttle.py"
OF_STORE, OF_JOBS, OF_WORKER = "models/test_store.py", "models/test_jobs.py", "bot/test_worker.py"
MOVED = f"{OF_STORE}::test_what_moved_since_it_was_read_is_not_written_over"
SLEPT = f"{OF_JOBS}::test_a_process_that_slept_past_its_lease_cannot_finish_the_work"

STORE = (
    mutant(
        "write-not-flushed", "R1", SQLITE,
        "synchronous=FULL", "synchronous=OFF",
        f"{OF_STORE}::test_a_commit_waits_for_the_disk",
    ),
    mutant(
        "delivery-not-noted", "R2", "models/store/units.py",
        "        out.add(Delivery, key=key, content=content, at=out.now)\n", "        return\n",
        f"{OF_STORE}::test_a_delivery_is_carried_out_once_however_often_and_how_fast_it_comes",
    ),
    mutant(
        "delivery-content-not-compared", "R2", "models/store/units.py",
        "elif known.content != content:", "elif False:",
        f"{OF_STORE}::test_what_is_sent_again_with_something_else_in_it_is_told_from_a_repetition",
    ),
    mutant(
        "deliveries-forgotten-at-once", "R2, replay", "models/store/units.py",
        "before=out.now - KEPT", "before=out.now",
        f"{OF_STORE}::test_a_delivery_counts_once_for_as_long_as_it_may_come_again",
    ),
    mutant(
        "delivery-of-a-refusal-kept", "R2", OUTCOME,
        "            self.case.put_back(table, key, old, first=first)",
        "            if table.__tablename__ != 'deliveries':\n"
        "                self.case.put_back(table, key, old, first=first)",
        f"{OF_STORE}::test_what_was_not_written_can_be_sent_again_with_something_else_in_it",
    ),
    mutant(
        "swap-without-the-state", "R3", SAVE,
        'return (*names, "state") if "state" in table.__table__.c else names', "return names",
        MOVED,
    ),
    mutant(
        "stale-not-raised", "R3", SAVE,
        "    if changed != len(rows):", "    if changed > len(rows):",
        MOVED,
    ),
    mutant(
        "drop-does-nothing", "R12", OUTCOME,
        "in reversed(self._journal):", "in ():",
        f"{OF_STORE}::test_of_many_things_in_one_work_those_that_fail_are_dropped_and_the_others_stay",
    ),
    mutant(
        "refusal-saved", "R12", UNITS,
        "    if unit.again or unit.error is not None:", "    if unit.again:",
        f"{OF_STORE}::test_a_refusal_undoes_everything_that_its_work_wrote",
    ),
    mutant(
        "cache-of-a-file-that-others-wrote", "R1", SQLITE,
        "kept[:2] == (connection, version)", "kept[0] is connection",
        f"{OF_CACHE}::test_what_another_process_has_written_counts_for_the_next_verb",
    ),
    mutant(
        "cache-of-another-connection", "R1", SQLITE,
        "kept[:2] == (connection, version)", "kept[1] == version",
        f"{OF_CACHE}::test_a_file_that_was_changed_while_the_connection_was_away_is_read_anew",
    ),
    mutant(
        "cache-outlives-a-rollback", "R12", SQLITE,
        "kept, self._kept = self._kept, None", "kept = self._kept",
        f"{OF_CACHE}::test_what_was_undone_with_its_transaction_is_not_known_afterwards",
    ),
    mutant(
        "cache-outlives-a-statement", "R1", SAVE,
        "            case.rewritten.add(statement.table)\n", "",
        f"{OF_CACHE}::test_rows_that_a_statement_changes_unread_are_read_anew",
    ),
    mutant(
        "number-given-twice", "R12", CASE,
        "max((last, *self.before.get(table, ())))", "last",
        f"{OF_CACHE}::test_a_row_that_brings_its_number_leaves_the_next_one_a_higher",
    ),
    mutant(
        "group-read-without-conditions", "R3", CASE,
        "if row is not None and of.holds(row) and (of,", "if row is not None and (of,",
        "models/test_groups.py",
    ),
    mutant(
        "group-joined-without-conditions", "R3", CASE,
        "if new is not None and of.holds(new) else None", "if new is not None else None",
        "models/test_groups.py",
    ),
    mutant(
        "put-moves-no-groups", "R3", CASE,
        "        self._move(table, key, old, row, (self._groups, self._moved_in))\n", "",
        "models/test_groups.py",
    ),
    mutant(
        "count-without-changes", "floods", CASE,
        "            counted += counts(self._rows[of.table][one]) - counts(before)\n", "            pass\n",
        "models/test_rate_limits.py::test_what_is_withdrawn_makes_room_until_the_hour_s_number_is_reached",
        "models/test_groups.py",
    ),
    mutant(
        "unavailable-told-to-one", "R12", SQLITE,
        "                for waiting in batch:\n                    waiting.tell(problem)",
        "                batch[0].tell(problem)",
        f"{OF_STORE}::test_everybody_who_waits_hears_that_the_database_takes_nothing",
    ),
    mutant(
        "records-told-before-the-commit", "R1", SQLITE,
        '            connection.execute("COMMIT")',
        "            for waiting in batch:\n"
        "                self.recorded(waiting.unit.facts)\n"
        "                waiting.unit.outcomes = []\n"
        '            connection.execute("COMMIT")',
        f"{OF_STORE}::test_whoever_reads_the_trail_along_hears_of_what_is_on_disk_only",
    ),
    mutant(
        "reader-can-write", "R12", SQLITE,
        "    if read_only:\n", "    if False:\n",
        f"{OF_STORE}::test_what_only_reads_cannot_write",
    ),
    mutant(
        "clicks-last", "R21", "models/store/units.py",
        "for priority in Priority}", "for priority in reversed(Priority)}",
        f"{OF_STORE}::test_clicks_go_before_jobs_and_those_before_sweeps_that_waited_longer[sqlite]",
    ),
    mutant(
        "the-less-urgent-never", "R5, R21", "models/store/units.py",
        "if self._in_a_row > PATIENT:", "if False:",
        f"{OF_STORE}::test_a_sweep_has_its_turn_though_there_are_always_clicks_waiting",
    ),
    mutant(
        "claim-without-the-lane", "R10", QUEUE,
        ' _C.run_at <= bindparam("now"), _C.lane.not_in(_BUSY_LANES))', ' _C.run_at <= bindparam("now"))',
        f"{OF_JOBS}::test_work_of_one_lane_never_runs_side_by_side[sqlite]",
    ),
    mutant(
        "two-of-a-lane-in-one-claim", "R10", QUEUE,
        "first_of_lane.setdefault(job.lane, job)", "first_of_lane.setdefault(job.key, job)",
        f"{OF_JOBS}::test_work_of_one_lane_never_runs_side_by_side[sqlite]",
    ),
    mutant(
        "urgency-not-minded", "R5", QUEUE,
        ".order_by(_C.urgency, _C.run_at, _C.id)", ".order_by(_C.run_at, _C.id)",
        f"{OF_JOBS}::test_taking_access_away_goes_before_telling_people[sqlite]",
    ),
    mutant(
        "finish-without-the-token", "R14", QUEUE,
        '_FINISH = delete(_JOBS).where(_C.id == bindparam("job"), _C.token == bindparam("held_by"))',
        '_FINISH = delete(_JOBS).where(_C.id == bindparam("job"))',
        f"{SLEPT}[sqlite]",
    ),
    mutant(
        "retry-without-the-token", "R14", QUEUE,
        '_HELD = select(Job).where(_C.id == bindparam("job"), _C.token == bindparam("held_by"))',
        '_HELD = select(Job).where(_C.id == bindparam("job"))',
        f"{SLEPT}[sqlite]",
    ),
    mutant(
        "release-takes-mine", "R14, R22", QUEUE,
        '_C.lease_until < bindparam("now"), not_(among(_C.id, "mine")))',
        '_C.lease_until < bindparam("now"))',
        f"{OF_JOBS}::test_what_this_process_still_has_is_not_put_back",
    ),
    mutant(
        "wait-counted-as-a-failure", "R10", QUEUE,
        "attempts=job.attempts - 1", "attempts=job.attempts",
        f"{OF_JOBS}::test_a_wait_that_was_asked_for_is_kept_and_is_no_failure[sqlite]",
    ),
    mutant(
        "wait-not-kept", "R10", QUEUE,
        "not_before=now + wait), now + wait)", "not_before=None), now + wait)",
        f"{OF_JOBS}::test_who_wants_the_job_again_waits_as_long_as_the_other_side_asked",
    ),
    mutant(
        "backoff-doubled-once-more", "R11", QUEUE,
        "min(attempts - 1, 20)", "min(attempts, 20)",
        f"{OF_JOBS}::test_the_wait_begins_with_two_seconds_and_doubles_up_to_a_quarter_of_an_hour",
    ),
    mutant(
        "poison-never-parked", "R11", QUEUE,
        "if wait is None and park and job.attempts >= ATTEMPTS:", "if False:",
        f"{OF_JOBS}::test_work_that_always_fails_is_parked_with_its_error[sqlite]",
    ),
    mutant(
        "killer-never-parked", "R11", QUEUE,
        "if job.attempts >= ATTEMPTS:  # it takes", "if False:  # it takes",
        f"{OF_WORKER}::test_a_job_that_takes_its_process_down_is_parked_in_the_end",
    ),
    mutant(
        "away-parked", "R17", "bot/worker/runner.py",
        "await self._retry_or_park(work, str(error), park=False)",
        "await self._retry_or_park(work, str(error))",
        f"{OF_WORKER}::test_what_the_other_side_does_not_answer_is_tried_for_ever",
    ),
    mutant(
        "result-given-up", "R22", "bot/worker/runner.py",
        'log.warning("the result waits for the database", error=str(error))', "raise",
        f"{OF_WORKER}::"
        "test_what_was_done_while_the_database_took_nothing_is_written_once_it_does_and_not_done_again",
    ),
    mutant(
        "run-outlives-its-lease", "R14", "bot/worker/claim.py",
        "asyncio.timeout_at(min(self._run_ends, self._until))", "asyncio.timeout_at(self._run_ends)",
        "bot/test_job_lease.py::test_who_wakes_past_the_lease_sends_nothing_more_though_the_answer_lies_there",
    ),
    mutant(
        "messages-not-held-back", "R21", CLAIM,
        "return free, Urgency.GIVE", "return free, Urgency.LATER",
        f"{OF_WORKER}::test_while_many_people_wait_for_answers_access_is_seen_to_and_messages_wait",
    ),
    mutant(
        "messages-held-back-for-ever", "R21", CLAIM,
        "return now < self._held_since + HOLD", "return True",
        f"{OF_WORKER}::test_no_message_waits_for_ever_while_clicks_never_cease",
    ),
    mutant(
        "portion-of-any-size", "R21", CLAIM,
        "min(free, PORTION)", "free",
        f"{OF_THROTTLE}::test_under_a_steady_stream_one_portion_goes_in_each_span_of_time",
    ),
    mutant(
        "portion-spent-by-an-offer", "R21", CLAIM,
        "        return now < self._held_since + HOLD\n",
        "        held = now < self._held_since + HOLD\n"
        "        self._held_since = self._held_since if held else now\n"
        "        return held\n",
        f"{OF_THROTTLE}::test_a_portion_that_nobody_took_is_offered_until_somebody_does",
    ),
)  # fmt: skip
