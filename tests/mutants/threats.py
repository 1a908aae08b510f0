"""Mutants of what stands in the way of those who mean harm, at the edges."""

from tests.mutants.mutant import mutant

SIGNATURE, TEXT = "bot/slack/signature.py", "blocks/kit/text.py"
PERMISSIONS = "models/registry/permissions.py"
OF_PERMISSIONS = "models/test_permissions.py::test_nobody_keeps_a_right_that_their_standing_takes"
VERIFYING = "models/audit/verification.py"
OF_WEB, OF_AUDIT, OF_CHECKPOINTS = "bot/test_web.py", "models/test_audit.py", "bot/test_checkpoints.py"
OF_TEXT = "blocks/test_text.py"

THREATS = (
    mutant(
        "signature-not-compared", "forged delivery", SIGNATURE,
        "int(timestamp) if hmac.compare_digest(expected, signature) else None", "int(timestamp)",
        f"{OF_WEB}::test_another_secret_is_refused",
    ),
    mutant(
        "stale-taken", "stale delivery", SIGNATURE,
        "return abs(now - signed) <= MAX_AGE", "return True",
        f"{OF_WEB}::test_a_signature_is_good_for_five_minutes",
    ),
    mutant(
        "giant-read", "giants", "bot/slack/http_server.py",
        "web.Application(client_max_size=MAX_BODY,", "web.Application(client_max_size=MAX_BODY * 64,",
        f"{OF_WEB}::test_giants_are_refused_before_they_are_read",
    ),
    mutant(
        "submission-without-its-content", "R2", "handlers/deliveries.py",
        "#{_digest(self.values)[:32]}", "",
        "e2e/test_bad_deliveries.py::test_a_form_that_was_taken_and_comes_again_with_other_words_is_refused_clearly",
    ),
    mutant(
        "everybody-is-an-admin", "no admin", "models/registry/permissions.py",
        "    if who.is_admin(person_id):\n", "    if True:\n",
        "models/test_edit_app.py::test_only_an_admin_who_is_active_sets_apps_up",
    ),
    mutant(
        "admin-who-left", "a role of the barred", "models/registry/directory.py",
        "return person.unfit is None if person else not self.is_missing(person_id)", "return True",
        "models/test_edit_app.py::test_only_an_admin_who_is_active_sets_apps_up",
    ),
    mutant(
        "former-admin-stays", "somebody who was an admin", "models/registry/directory.py",
        "if role.given_by == by and role.person_id not in person_ids:", "if False:",
        "models/test_admins.py::test_who_is_no_longer_in_the_configuration_is_no_admin_any_more",
    ),
    mutant(
        "own-change-approved", "two people", "models/lifecycle/catalogue/approve_change.py",
        "    if proposal.by == by:\n", "    if False:\n",
        "e2e/test_two_people.py::test_nobody_approves_their_own_change_nor_does_somebody_who_is_no_admin",
    ),
    mutant(
        "change-since-it-was-shown", "two people", "models/lifecycle/catalogue/approve_change.py",
        "    if str(proposal.edition) != edition:\n", "    if False:\n",
        "e2e/test_two_people.py::test_what_somebody_proposes_goes_on_growing_and_is_approved_as_a_whole",
    ),
    mutant(
        "unfit-worker-may-look", "reading", PERMISSIONS,
        "(fit_for_role(case, person_id) is not None and person_id in _task_workers(case, request))",
        "(person_id in _task_workers(case, request))",
        OF_PERMISSIONS,
    ),
    mutant(
        "everybody-may-look", "reading", PERMISSIONS,
        "    request = find_request(case, ref)\n    if not is_involved(case, request, person_id):\n",
        "    request = find_request(case, ref)\n    if False:\n",
        "models/test_person_changed.py::test_an_owner_who_has_left_sees_no_request_any_more",
    ),
    mutant(
        "guest-holds-a-role", "a role of the barred", "models/policy/facts.py",
        'return self.barred or ("is a guest" if self.guest else None)', "return self.barred",
        OF_PERMISSIONS,
    ),
    mutant(
        "stranger-holds-a-role", "a role of the barred", "models/policy/facts.py",
        'return "is not part of this company" if self.stranger else None', "return None",
        OF_PERMISSIONS,
    ),
    mutant(
        "barred-comments", "a role of the barred", PERMISSIONS,
        "    if member(case, person_id) is None:\n        return False\n", "",
        OF_PERMISSIONS,
    ),
    mutant(
        "barred-decides", "bots, strangers, the deactivated", "models/policy/approvers.py",
        "    if person.unfit:\n", "    if False:\n",
        "models/test_lifecycle.py::test_an_owner_who_is_barred_is_not_asked_to_decide",
    ),
    mutant(
        "switched-off-access-enabled", "R4", "models/catalogue/spec/access_policy.py",
        '"enabled": app.enabled and access.enabled', '"enabled": app.enabled',
        "models/test_catalogue_spec.py::test_an_access_that_is_switched_off_itself_is_off",
    ),
    mutant(
        "start-before-now-counted", "R5", "models/policy/duration_rules.py",
        "end - max(start or at, at)", "end - (start or at)",
        "models/test_policy_duration.py::test_a_start_that_has_passed_makes_no_access_longer",
    ),
    mutant(
        "requests-without-end", "floods", "models/lifecycle/request/rate_limits.py",
        "if not emergency and pending + number > limits.open_requests:", "if False:",
        "models/test_rate_limits.py::test_a_form_that_asks_for_too_much_at_once_sends_nothing_of_it",
    ),
    mutant(
        "comments-without-end", "floods", "models/lifecycle/request/rate_limits.py",
        ">= limits.comments_an_hour:", "> 10 * limits.comments_an_hour:",
        "models/test_rate_limits.py::test_comments_on_a_request_have_an_end_for_each_person",
    ),
    mutant(
        "markup-not-escaped", "mentions and links", TEXT,
        '.replace("<", "&lt;")', "",
        f"{OF_TEXT}::test_what_somebody_wrote_is_no_markup",
    ),
    mutant(
        "unseen-characters-kept", "look-alike text", "models/text.py",
        'return UNSEEN.sub("", text', 'return ("" + text',
        f"{OF_TEXT}::test_characters_that_nobody_sees_are_taken_out",
    ),
    mutant(
        "cut-within-an-entity", "mentions and links", TEXT,
        'if entity != -1 and ";" not in short[entity:]:', "if False:",
        f"{OF_TEXT}::test_a_text_is_never_cut_within_an_entity",
    ),
    mutant(
        "template-that-calls", "templates", "models/wording/grammar.py",
        'raise self._refused(node, "", _NO_FACT)', "return Sort.TEXT",
        "blocks/test_render_template_limits.py",
    ),
    mutant(
        "encoded-word-in-a-header", "mail header", "bot/email.py",
        'letter.subject.replace(ENCODED_WORD, "= ?").split()', "letter.subject.split()",
        "bot/test_email.py::test_no_text_becomes_a_header",
    ),
    mutant(
        "formula-in-a-cell", "CSV formula", "bot/audit/files.py",
        "if cell.startswith(FORMULA_STARTS) else cell", "if False else cell",
        "bot/test_cmd_audit.py::test_no_cell_of_a_table_is_a_formula_and_none_is_lost",
    ),
    mutant(
        "secret-in-the-log", "secrets", "bot/redact.py",
        "            text = self._known.sub(HIDDEN, text)\n", "            pass\n",
        "bot/test_log.py::test_no_secret_comes_out_by_any_way",
    ),
    mutant(
        "entry-not-hashed", "audit edited", VERIFYING,
        " or sha256(text.encode()).hexdigest() != own:", ":",
        f"{OF_AUDIT}::test_a_tampered_trail_names_the_entry",
    ),
    mutant(
        "chain-not-followed", "audit reordered", VERIFYING,
        "if seq != last + 1 or before != previous or sha256(", "if sha256(",
        f"{OF_AUDIT}::test_a_tampered_trail_names_the_entry",
    ),
    mutant(
        "unrecorded-decision-not-named", "R4", VERIFYING,
        " or _unrecorded(case))", ")",
        f"{OF_AUDIT}::test_a_decision_that_the_trail_does_not_know_is_named",
    ),
    mutant(
        "checkpoint-not-followed", "checkpoints", "bot/audit/checkpoints.py",
        "if checkpoint.previous != (last.digest if last else GENESIS):", "if False:",
        f"{OF_CHECKPOINTS}::test_checkpoints_that_are_missing_or_signed_anew_are_told",
    ),
    mutant(
        "key-written-over", "checkpoints", "bot/audit/keys.py",
        "os.O_WRONLY | os.O_CREAT | os.O_EXCL", "os.O_WRONLY | os.O_CREAT",
        f"{OF_CHECKPOINTS}::test_the_key_is_its_owner_s_alone_and_never_written_over",
    ),
    mutant(
        "card-posted-twice", "R9", "bot/worker/jobs/sync_card.py",
        "if place is None and tried:", "if False:",
        "bot/test_sync_card.py::test_a_card_is_posted_once_whatever_became_of_slacks_answer",
    ),
    mutant(
        "one-limit-for-all-channels", "R10", "bot/slack/gateway.py",
        'str(arguments.get("channel", "")) if method == "chat.postMessage" else ""', '""',
        "bot/test_gateway.py::test_one_slow_conversation_holds_up_no_other",
    ),
    mutant(
        "links-unfurled", "mentions and links", "bot/worker/jobs/post_once.py",
        '"unfurl_links": False', '"unfurl_links": True',
        "bot/test_sync_card.py::test_what_people_write_makes_slack_fetch_nothing",
    ),
)  # fmt: skip
