"""What the database itself refuses: changing the log (but for erasing a detail), an author approving her own work.

Written for both databases, so that no path past the functions (a shell, a stray ``update()``) can make false
what must never be false.
"""

from __future__ import annotations

from typing import Any

APPEND_ONLY = "recommendations_event"
DETAILS = "recommendations_eventdetail"
APPROVED_TABLE = "recommendations_assessment"
AUTHORS_TABLE = "recommendations_assessment_authors"

SQLITE = {
    "event_not_changed": f"""
        CREATE TRIGGER IF NOT EXISTS event_not_changed BEFORE UPDATE ON {APPEND_ONLY}
        BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END""",
    "event_not_deleted": f"""
        CREATE TRIGGER IF NOT EXISTS event_not_deleted BEFORE DELETE ON {APPEND_ONLY}
        BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END""",
    "detail_only_erased": f"""
        CREATE TRIGGER IF NOT EXISTS detail_only_erased BEFORE UPDATE ON {DETAILS}
        WHEN NEW.event_id <> OLD.event_id OR OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL
            OR NEW.detail <> '{{}}'
        BEGIN SELECT RAISE(ABORT, 'a detail of the log is only erased'); END""",
    "detail_not_deleted": f"""
        CREATE TRIGGER IF NOT EXISTS detail_not_deleted BEFORE DELETE ON {DETAILS}
        BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END""",
    "approver_is_no_author": f"""
        CREATE TRIGGER IF NOT EXISTS approver_is_no_author BEFORE UPDATE OF approved_by_id ON {APPROVED_TABLE}
        WHEN NEW.approved_by_id IS NOT NULL AND EXISTS (
            SELECT 1 FROM {AUTHORS_TABLE} WHERE assessment_id = NEW.id AND user_id = NEW.approved_by_id)
        BEGIN SELECT RAISE(ABORT, 'an author cannot approve her own assessment'); END""",
    "author_is_no_approver": f"""
        CREATE TRIGGER IF NOT EXISTS author_is_no_approver BEFORE INSERT ON {AUTHORS_TABLE}
        WHEN EXISTS (
            SELECT 1 FROM {APPROVED_TABLE} WHERE id = NEW.assessment_id AND approved_by_id = NEW.user_id)
        BEGIN SELECT RAISE(ABORT, 'the approver of an assessment cannot become its author'); END""",
}

POSTGRESQL = {
    "event_not_changed": f"""
        CREATE OR REPLACE FUNCTION upr_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'the log is append-only' USING ERRCODE = 'check_violation'; END $$;
        CREATE OR REPLACE TRIGGER event_not_changed BEFORE UPDATE OR DELETE ON {APPEND_ONLY}
        FOR EACH ROW EXECUTE FUNCTION upr_event_append_only()""",
    "detail_only_erased": f"""
        CREATE OR REPLACE FUNCTION upr_detail_only_erased() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' OR NEW.event_id <> OLD.event_id OR OLD.erased_at IS NOT NULL
                OR NEW.erased_at IS NULL OR NEW.detail <> '{{}}'::jsonb
            THEN RAISE EXCEPTION 'a detail of the log is only erased' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$;
        CREATE OR REPLACE TRIGGER detail_only_erased BEFORE UPDATE OR DELETE ON {DETAILS}
        FOR EACH ROW EXECUTE FUNCTION upr_detail_only_erased()""",
    "approver_is_no_author": f"""
        CREATE OR REPLACE FUNCTION upr_approver_is_no_author() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.approved_by_id IS NOT NULL AND EXISTS (
                SELECT 1 FROM {AUTHORS_TABLE} WHERE assessment_id = NEW.id AND user_id = NEW.approved_by_id)
            THEN RAISE EXCEPTION 'an author cannot approve her own assessment' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$;
        CREATE OR REPLACE TRIGGER approver_is_no_author BEFORE UPDATE OF approved_by_id ON {APPROVED_TABLE}
        FOR EACH ROW EXECUTE FUNCTION upr_approver_is_no_author()""",
    "author_is_no_approver": f"""
        CREATE OR REPLACE FUNCTION upr_author_is_no_approver() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT 1 FROM {APPROVED_TABLE} WHERE id = NEW.assessment_id
                       AND approved_by_id = NEW.user_id)
            THEN RAISE EXCEPTION 'the approver of an assessment cannot become its author'
                 USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$;
        CREATE OR REPLACE TRIGGER author_is_no_approver BEFORE INSERT ON {AUTHORS_TABLE}
        FOR EACH ROW EXECUTE FUNCTION upr_author_is_no_approver()""",
}

TABLES = {
    "event_not_changed": APPEND_ONLY,
    "event_not_deleted": APPEND_ONLY,
    "detail_only_erased": DETAILS,
    "detail_not_deleted": DETAILS,
    "approver_is_no_author": APPROVED_TABLE,
    "author_is_no_approver": AUTHORS_TABLE,
}


def install(connection: Any) -> None:
    """Create the triggers on this database (``connection`` is Django's)."""
    statements = SQLITE if connection.vendor == "sqlite" else POSTGRESQL
    with connection.cursor() as cursor:
        for statement in statements.values():
            cursor.execute(statement)


def remove(connection: Any) -> None:
    """Drop them: for the reverse of the migration, and for tests that empty the tables."""
    names = SQLITE if connection.vendor == "sqlite" else POSTGRESQL
    with connection.cursor() as cursor:
        for name in names:
            on = "" if connection.vendor == "sqlite" else f" ON {TABLES[name]}"
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")
