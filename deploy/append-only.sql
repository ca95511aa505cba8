-- A role for the portal that can add to the history and read it, but not alter it. For PostgreSQL; run it as the owner
-- of the tables, in the portal's database, after each migration that makes new tables:
--
--     psql --single-transaction --set ON_ERROR_STOP=on --file deploy/append-only.sql "$OWNER_URL"
--     psql --command "ALTER ROLE touchstone_portal PASSWORD '…'" "$OWNER_URL"      (the first time)
--
-- The portal then runs with DATABASE_URL=postgres://touchstone_portal:…, and `manage.py migrate` as the owner.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'touchstone_portal') THEN
        CREATE ROLE touchstone_portal LOGIN;
    END IF;
END
$$;

GRANT USAGE ON SCHEMA public TO touchstone_portal;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO touchstone_portal;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO touchstone_portal;

-- What was recorded never changes, nor does what is stored beside it. A rename would move it to another name, so the desk
-- refuses renames under this role: use `manage.py rename`, run as the owner.
REVOKE UPDATE, DELETE, TRUNCATE ON frameworks_revision, frameworks_revisionsubject FROM touchstone_portal;
-- Only the owner records which migrations were applied.
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM touchstone_portal;
