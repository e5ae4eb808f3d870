-- Crema: tells caches of changes that other programs make to a table. To be run once in the schema of the tables, or in
-- one that is on the search path when the triggers are created. Needs PostgreSQL 11 or newer.
--
--   CREATE TRIGGER product_changed AFTER INSERT OR UPDATE OR DELETE ON product
--       FOR EACH ROW EXECUTE FUNCTION crema_changed('products', 'id');
--   CREATE TRIGGER product_truncated AFTER TRUNCATE ON product
--       FOR EACH STATEMENT EXECUTE FUNCTION crema_changed('products');
--
-- The first argument is the name under which PostgresChanges feeds the cache, the second the column with the key. A
-- trigger for each statement, on whatever, clears the cache. Without a trigger, in any transaction:
--
--   SELECT pg_notify('crema_changes', E'keys\nproducts\n17\n18');
--   SELECT pg_notify('crema_changes', E'clear\nproducts');
--
-- Lines are separated by a line feed; in a name or a key, a backslash is written as \\ and a line feed as \n.

CREATE OR REPLACE FUNCTION crema_changed() RETURNS trigger LANGUAGE plpgsql AS $crema$
DECLARE
    old_key text;
    new_key text;
    name text;
    payload text;
BEGIN
    IF TG_NARGS < 1 OR (TG_LEVEL = 'ROW' AND TG_NARGS <> 2) THEN
        RAISE EXCEPTION 'Trigger % on %: crema_changed needs the name of a cache and, for each row, the column with the key',
            TG_NAME, TG_RELID::regclass;
    END IF;
    name := replace(replace(TG_ARGV[0], E'\\', E'\\\\'), E'\n', E'\\n');

    IF TG_LEVEL = 'ROW' THEN
        IF TG_OP <> 'INSERT' THEN
            EXECUTE format('SELECT ($1).%I::text', TG_ARGV[1]) INTO old_key USING OLD;
        END IF;
        IF TG_OP <> 'DELETE' THEN
            EXECUTE format('SELECT ($1).%I::text', TG_ARGV[1]) INTO new_key USING NEW;
        END IF;
        -- A row without a key is in no cache.
        IF old_key IS NULL AND new_key IS NULL THEN
            RETURN NULL;
        END IF;
        payload := 'keys' || E'\n' || name;
        IF old_key IS NOT NULL THEN
            payload := payload || E'\n' || replace(replace(old_key, E'\\', E'\\\\'), E'\n', E'\\n');
        END IF;
        IF new_key IS NOT NULL AND new_key IS DISTINCT FROM old_key THEN
            payload := payload || E'\n' || replace(replace(new_key, E'\\', E'\\\\'), E'\n', E'\\n');
        END IF;
    END IF;

    -- The server carries less than 8000 bytes.
    IF payload IS NULL OR octet_length(payload) > 7999 THEN
        payload := 'clear' || E'\n' || name;
    END IF;
    -- Delivered when the transaction has committed, in the order of the commits; not at all if it does not commit.
    PERFORM pg_notify('crema_changes', payload);
    RETURN NULL;
END
$crema$;
