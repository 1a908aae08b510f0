"""Mutants of what happens to requests and grants."""

from tests.mutants.mutant import mutant

VERIFY, GIVE, REVOKE, RECONCILE, ENDS = (
    f"models/lifecycle/grant/{name}.py"
    for name in ("verify_approvals", "give", "revoke", "reconcile", "end_dates")
)
DUE = "models/lifecycle/due.py"
DECIDE, REVIEW, STAGES = (f"models/lifecycle/request/{name}.py" for name in ("decide", "emergency", "stages"))
OF_VERIFY, OF_ALONE = "models/test_verify_approvals.py", "models/test_verbs_in_memory.py"
OF_LIFECYCLE = "models/test_lifecycle.py"
OF_DUTIES, OF_EMERGENCIES = "models/test_separation_of_duties.py", "models/test_emergencies.py"
OF_COMMENTS, PERMISSIONS = "e2e/test_comments.py", "models/registry/permissions.py"
EVERYONE_READS = "test_whoever_is_involved_comments_and_everyone_else_reads_it_as_a_new_message"
TO_DO, OF_TO_DO = "models/queries/to_do.py", "models/test_home_to_do.py"
OF_ORDER = f"{OF_TO_DO}::test_what_waits_stands_by_time_left_then_risk_then_age[sqlite]"
OF_TAKING, OF_MORE, OF_SWEEP = "models/test_revoke.py", "models/test_extend.py", "models/test_sweep.py"

LIFECYCLE = (
    mutant(
        "trail-not-asked", "R4", VERIFY,
        "and may and (recorded or not decision.approve)", "and may",
        f"{OF_VERIFY}::test_a_decision_that_was_put_into_the_table_by_hand_gives_nothing[sqlite]",
    ),
    mutant(
        "own-decision-counts", "R4, approving one's own", VERIFY,
        "may = not is_barred_from_own(policy, decision.person_id, parties)", "may = True",
        f"{OF_VERIFY}::test_nobody_s_own_decision_gives_anything_even_where_the_trail_has_it",
    ),
    mutant(
        "rule-not-in-the-trail", "R4", VERIFY,
        "(_approved_by_rule(request) and request.ref in trail.by_rule)", "_approved_by_rule(request)",
        f"{OF_VERIFY}::test_a_rule_that_approves_by_itself_is_in_the_trail_too[sqlite]",
    ),
    mutant(
        "unapproved-is-given", "R4", RECONCILE,
        "elif problem := unapproved.get(grant.id) or _ineligible(", "elif problem := _ineligible(",
        f"{OF_VERIFY}::test_a_decision_that_was_put_into_the_table_by_hand_gives_nothing[sqlite]",
    ),
    mutant(
        "wanted-emergency-not-told", "emergency misused", STAGES,
        "        emergency.begin_emergency(out, request)\n", "        pass\n",
        f"{OF_EMERGENCIES}::test_it_is_approved_by_its_rule_given_at_once_and_told_to_everybody",
    ),
    mutant(
        "review-closed-by-its-user", "emergency misused", REVIEW,
        "    if by in (request.requester_id, request.beneficiary_id):\n        raise OwnRequest",
        "    if False:\n        raise OwnRequest",
        f"{OF_EMERGENCIES}::test_nobody_closes_the_review_of_their_own_emergency",
    ),
    mutant(
        "anybody-closes-a-review", "no approver", REVIEW,
        "    if by not in may:\n", "    if False:\n",
        f"{OF_EMERGENCIES}::test_only_its_reviewers_close_it_and_once",
    ),
    mutant(
        "misuse-takes-nothing", "emergency misused", REVIEW,
        "    if revoke.can_be_revoked(grant):\n", "    if False:\n",
        f"{OF_EMERGENCIES}::test_misused_wants_a_comment_and_takes_what_is_left_away",
    ),
    mutant(
        "duties-not-looked-at-when-sent", "R4", "models/lifecycle/request/plan.py",
        "return [check_conflicts.with_conflicts(case, question, chosen) for question in questions]",
        "return list(questions)",
        f"{OF_DUTIES}::test_who_has_one_is_refused_the_other_before_anything_is_sent",
    ),
    mutant(
        "duties-not-looked-at-when-decided", "R4", DECIDE,
        "        check_conflicts.refuse_conflict(case, request, conflicts)\n", "        pass\n",
        f"{OF_DUTIES}::test_a_block_that_has_come_up_since_lets_nobody_approve",
    ),
    mutant(
        "duties-not-looked-at-when-given", "R4", RECONCILE,
        "return _endless(grant, person) or check_conflicts.reason_not_to_give(case, grant, person.name)",
        "return _endless(grant, person)",
        f"{OF_DUTIES}::test_a_block_that_came_up_after_the_approval_stops_the_second_at_the_grant",
    ),
    mutant(
        "self-approval-planned", "approving one's own", "models/policy/approvers.py",
        "    return person_id in people and not policy.self_approve", "    return False",
        f"{OF_LIFECYCLE}::test_an_owner_who_asks_is_not_asked_to_decide",
    ),
    mutant(
        "self-approval-at-the-click", "approving one's own", DECIDE,
        "if is_barred_from_own(stage.sources.snapshot.policy, by, parties):", "if False:",
        f"{OF_ALONE}::test_nobody_decides_on_what_they_ask_for_or_get",
    ),
    mutant(
        "anybody-decides", "no approver", DECIDE,
        "    if candidate is None or person is None or person.unfit:\n", "    if False:\n",
        f"{OF_ALONE}::test_a_verb_that_refuses_has_collected_nothing",
        "models/test_approvers.py",
    ),
    mutant(
        "anybody-withdraws", "no requester", "models/lifecycle/request/cancel.py",
        "    if by != request.requester_id:\n", "    if False:\n",
        f"{OF_ALONE}::test_who_asked_takes_it_back_and_nobody_else_does",
    ),
    mutant(
        "anybody-gives-back", "no holder", REVOKE,
        "    if not can_use(out.case, grant, by):\n", "    if False:\n",
        f"{OF_TAKING}::test_nobody_but_holder_owners_and_admins_takes_an_access_away",
    ),
    mutant(
        "anybody-takes-away", "no owner", "models/registry/permissions.py",
        "    return is_in_charge(case, policy_of(case, grant.policy), person_id)\n", "    return True\n",
        f"{OF_TAKING}::test_nobody_but_holder_owners_and_admins_takes_an_access_away",
    ),
    mutant(
        "anybody-does-a-task", "no owner", "models/lifecycle/grant/tasks.py",
        "    if not can_do(case, task, by):\n", "    if False:\n",
        f"{OF_TAKING}::test_a_task_is_done_by_those_who_are_asked_and_nobody_else",
    ),
    mutant(
        "decides-twice", "R3", DECIDE,
        "    _refuse_second_decision(case, stage, by)\n", "",
        f"{OF_LIFECYCLE}::test_who_has_decided_does_not_decide_otherwise_afterwards",
    ),
    mutant(
        "closed-request-decided", "R3", DECIDE,
        "stages.current_stage(case, only_pending(case, request))", "stages.current_stage(case, request)",
        f"{OF_LIFECYCLE}::test_a_decided_request_says_so_to_the_second_approver",
        f"{OF_LIFECYCLE}::test_a_withdrawn_request_cannot_be_approved",
    ),
    mutant(
        "end-not-set", "R5", GIVE,
        "ends_at = grant.ends_at if grant.length is None else out.now + timedelta(seconds=grant.length)",
        "ends_at = grant.ends_at",
        f"{OF_ALONE}::test_a_duration_counts_from_the_moment_that_it_is_there",
    ),
    mutant(
        "end-not-looked-at", "R5", ENDS,
        "return out.change(grant, due_at=grant.ends_at, notice_at=", "return out.change(grant, notice_at=",
        f"{OF_LIFECYCLE}::test_an_approved_request_is_given_and_taken_when_its_time_is_up",
    ),
    mutant(
        "failed-take-never-tried-again", "R5", GIVE,
        "grant.ends_at if giving else out.now + RETRY_FAILED_TAKE", "grant.ends_at if giving else None",
        f"{OF_TAKING}::test_what_could_not_be_taken_stands_as_failed_and_is_tried_every_hour",
    ),
    mutant(
        "failure-not-told", "R5, R20", GIVE,
        '        redraw.want_card(out, CardKind.FAILURE, f"{grant.ref}/{direction}", grant.ref, person_id)\n',
        "        pass\n",
        f"{OF_TAKING}::test_what_failed_stands_before_every_admin",
    ),
    mutant(
        "taken-away-twice", "R7", REVOKE,
        "    if not can_be_revoked(grant):\n", "    if False:\n",
        f"{OF_TAKING}::test_what_is_being_taken_away_is_not_taken_away_once_more",
    ),
    mutant(
        "extension-survives-the-taking", "R8", REVOKE,
        "    _drop_extension(out, grant, by)\n    return grant", "    return grant",
        f"{OF_ALONE}::test_what_is_taken_away_takes_the_request_for_more_time_with_it",
    ),
    mutant(
        "union-not-looked-at", "R8", RECONCILE,
        "held_otherwise=direction is Direction.TAKE and grant.person_id in kept", "held_otherwise=False",
        "bot/test_apply_access.py::test_what_another_grant_still_gives_is_not_taken",
    ),
    mutant(
        "retry-after-counted-as-a-failure", "R10", RECONCILE,
        "grant.attempts if trouble.wait is not None else grant.attempts + 1", "grant.attempts + 1",
        f"{OF_TAKING}::test_a_wait_that_the_target_asks_for_is_no_failure_however_often",
    ),
    mutant(
        "given-to-who-left", "R18", RECONCILE,
        "        if person is None or not person.active:\n", "        if person is None:\n",
        f"{OF_TAKING}::test_nothing_is_given_to_somebody_who_has_left",
    ),
    mutant(
        "given-after-its-end", "R5", RECONCILE,
        "        elif grant.ends_at is not None and grant.ends_at <= out.now:\n", "        elif False:\n",
        f"{OF_TAKING}::test_nothing_is_given_once_its_end_has_come",
    ),
    mutant(
        "endless-to-a-guest", "guests", RECONCILE,
        "return _endless(grant, person) or", "return",
        f"{OF_TAKING}::test_nothing_without_an_end_is_given_to_who_became_a_guest",
    ),
    mutant(
        "due-selects-what-is-not-due", "R5, R6", DUE,
        '*self._conditions, columns[self.at] <= bindparam("now"),',
        "*self._conditions, columns[self.at].is_not(None),",
        f"{OF_SWEEP}::test_a_sweep_reads_nothing_that_is_not_due_yet",
    ),
    mutant(
        "swept-twice-in-one-sweep", "R6", DUE,
        "return still and at is not None and at <= case.now", "return True",
        f"{OF_SWEEP}::test_what_a_sweep_has_closed_it_does_nothing_more_about",
    ),
    mutant(
        "broken-row-half-saved", "R6, R19", DUE,
        "what is broken holds up nothing else\n        out.drop()\n",
        "what is broken holds up nothing else\n",
        f"{OF_SWEEP}::test_of_a_row_that_is_broken_nothing_is_half_done",
    ),
    mutant(
        "broken-row-ends-the-sweep", "R6, R19", DUE,
        "        swept.broken.append((what, error))\n        return False", "        raise",
        "bot/test_schedule.py::test_what_is_broken_holds_up_nothing_else",
    ),
    mutant(
        "first-notice-instead-of-the-last", "R20", "models/lifecycle/grant/expiry_notices.py",
        "last = min(passed, default=0)", "last = max(passed, default=0)",
        f"{OF_SWEEP}::test_of_several_notices_that_were_missed_the_last_is_sent",
    ),
    mutant(
        "no-notice-for-a-short-access", "R20", "models/lifecycle/grant/expiry_notices.py",
        "return [max(length / 6, SHORTEST_LEAD)] if length >= SHORTEST_GRANT else []", "return []",
        f"{OF_SWEEP}::test_a_short_access_has_a_notice_that_comes_in_time",
    ),
    mutant(
        "backup-not-held-back", "R15", "models/lifecycle/mass_revocation.py",
        "return pause if pause is not None and grant.created_at <= pause.created_at else None",
        "return None",
        "models/test_mass_revocation.py::test_what_is_over_by_a_backup_waits_and_goes_when_an_admin_says_so",
    ),
    mutant(
        "clock-set-back-not-seen", "R13", "models/lifecycle/clock_set_back.py",
        "if latest is not None and latest > out.now + TOLERANCE:", "if False:",
        "models/test_clock_jumps.py",
    ),
    mutant(
        "leaver-keeps-access", "R18", "models/lifecycle/people/update_people.py",
        "            revoke.revoke_grant(out, grant, SYSTEM, Cause.OFFBOARDING)\n", "            pass\n",
        "models/test_person_changed.py::test_whoever_leaves_loses_what_they_asked_for_and_what_they_held",
    ),
    mutant(
        "home-not-published-again", "R9, R20", "models/lifecycle/people/app_home.py",
        '    save_published(out, person_id, "")\n    _enqueue(out, person_id, Urgency.LATER)', "    pass",
        "models/test_home_queries.py::test_a_home_that_two_processes_published_is_published_once_more",
    ),
    mutant(
        "home-not-looked-at-again", "R20", "models/store/redraw.py",
        'jobs[key] = NewJob("home", key, key, {"person": person_id}, Urgency.LATER, at)', "pass",
        "bot/test_sync_home.py::test_what_changes_while_it_is_published_is_published_after_it",
    ),
    mutant(
        "home-believed-after-a-failure", "R20", "bot/worker/jobs/sync_home.py",
        "digest != home.digest or work.attempts > 1:", "digest != home.digest:",
        "bot/test_sync_home.py::test_after_a_run_that_failed_it_is_published_though_nothing_has_changed",
    ),
    mutant(
        "comment-makes-no-sound", "R20", "bot/worker/jobs/post_message.py",
        "broadcast=True", "broadcast=False",
        f"{OF_COMMENTS}::{EVERYONE_READS}[sqlite-open-by_button]",
    ),
    mutant(
        "owners-read-no-comment", "R20", PERMISSIONS,
        "set(snapshot.owners(who)) - aside", "set[str]()",
        f"{OF_COMMENTS}::{EVERYONE_READS}[sqlite-open-by_button]",
    ),
    mutant(
        "who-commented-reads-no-answer", "R20", PERMISSIONS,
        "    part |= {comment.person_id for comment in case.all(COMMENTS, request_id)}\n", "",
        f"{OF_COMMENTS}::{EVERYONE_READS}[sqlite-open-by_button]",
    ),
    mutant(
        "task-workers-may-not-comment", "R20", PERMISSIONS,
        "and person_id in _task_workers(case, request))", "and False)",
        "models/test_permissions.py::test_nobody_keeps_a_right_that_their_standing_takes",
    ),
    mutant(
        "quiet-read-every-comment", "R20", PERMISSIONS,
        "set(snapshot.owners(who)) - aside", "set(snapshot.owners(who)) | aside",
        f"{OF_COMMENTS}::test_what_is_asked_in_a_channel_is_said_there_once_and_the_quiet_are_left_alone[sqlite]",
    ),
    mutant(
        "deleted-card-stays-away", "R20", "models/lifecycle/deliver_comment.py",
        '    if "again" in payload or not ts:\n', "    if True:\n",
        f"{OF_COMMENTS}::test_a_card_that_was_deleted_is_posted_again_when_a_comment_arrives",
    ),
    mutant(
        "card-posted-again-marked-gone", "R20", "bot/worker/jobs/sync_card.py",
        "if out.case.get_one(Card, content.card.id).ts != content.card.ts:", "if False:",
        "bot/test_sync_card.py::test_a_card_that_is_posted_again_meanwhile_is_not_noted_as_gone",
    ),
    mutant(
        "comment-on-a-task-kept-back", "R20", "models/lifecycle/grant/tasks.py",
        "    if note:\n        add_comment(", "    if False:\n        add_comment(",
        "e2e/test_provision_and_revoke.py::test_what_is_written_when_work_by_hand_is_done_reaches_everyone_involved[sqlite]",
    ),
    mutant(
        "anybody-answers-for-the-holder", "no holder", "models/lifecycle/grant/return_slip.py",
        "    if by != grant.person_id:\n", "    if False:\n",
        "models/test_return_slip.py::test_nobody_else_answers_for_the_holder",
    ),
    mutant(
        "answer-changed-for-ever", "a card that is out of date", "models/tables/grants.py",
        "now < grant.usage_at + CHANGE_USAGE", "True",
        "models/test_return_slip.py::test_an_answer_can_be_changed_for_a_day",
    ),
    mutant(
        "leavers-asked-whether-they-used-it", "a card that is out of date", "models/tables/grants.py",
        "self.cause in (None, Cause.REQUESTER)", "self.cause is not Cause.ADMIN",
        "models/test_return_slip.py::test_what_others_ended_asks_its_holder_nothing",
    ),
    mutant(
        "leavers-count-as-peers", "facts", "models/queries/request_facts.py",
        "        Person.active,\n", "",
        "models/test_request_facts.py::test_who_left_and_who_is_nobody_of_the_company_does_not_count",
    ),
    mutant(
        "profile-before-the-directory-table", "a profile that people edit themselves",
        "models/queries/request_facts.py",
        "(listed_department(person_id, email) or profile)",
        "(profile or listed_department(person_id, email))",
        "models/test_request_facts.py::test_the_directory_table_wins_over_profiles",
    ),
    mutant(
        "few-peers-say-something", "facts", "models/policy/unusual.py",
        "if not department or others < MIN_PEERS:", "if not department:",
        "models/test_unusual.py::test_of_a_department_something_is_said_only_where_there_are_three_others",
    ),
    mutant(
        "everything-is-unusual", "facts", "models/policy/unusual.py",
        "return self.holders * RARE < self.others", "return self.holders < self.others",
        "models/test_unusual.py::test_it_is_unusual_that_fewer_than_one_in_ten_of_the_department_has_it",
    ),
    mutant(
        "profile-shown-as-certain", "a profile that people edit themselves", "blocks/cards/facts.py",
        'profile = "" if fact.listed else " (by Slack profile)"', 'profile = ""',
        "blocks/test_facts.py::test_a_department_that_people_write_themselves_is_named_as_such",
    ),
    mutant(
        "to-do-not-by-time-left", "G3", TO_DO, "(entry.due - case.now) // HOUR", "0", OF_ORDER,
    ),
    mutant(
        "to-do-not-by-risk", "G3", TO_DO, "-policy_of(case, entry.policy).policy.risk.rank", "0", OF_ORDER,
    ),
    mutant(
        "to-do-revokes-wait-behind", "G3", TO_DO,
        "since if direction is Direction.TAKE else ends_at", "ends_at",
        f"{OF_TO_DO}::test_what_is_to_be_revoked_by_hand_goes_before_what_is_to_be_set_up[sqlite]",
    ),
    mutant(
        "history-of-own-decisions-only", "G3", "models/queries/history.py",
        "    _latest(Asked.request_id, Asked.person_id == PERSON, Asked.request_id.not_in(TO_DECIDE)),\n",
        "    _latest(Decision.request_id, Decision.person_id == PERSON),\n",
        f"{OF_TO_DO}::test_the_history_has_what_others_concluded_and_not_what_waits[sqlite]",
    ),
    mutant(
        "home-jumps-while-it-is-read", "G, R20", "bot/worker/jobs/sync_home.py",
        "save_published(out, person_id, digest, tab)", "save_published(out, person_id, digest)",
        "e2e/test_app_home.py::test_it_opens_on_to_do_where_something_waits_and_stays_where_one_is",
    ),
)  # fmt: skip
